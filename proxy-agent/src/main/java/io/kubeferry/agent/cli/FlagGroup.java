package io.kubeferry.agent.cli;

/** A heading of the help text. */
enum FlagGroup {
    CLUSTER("Cluster"),
    NODE("This node"),
    ADDRESSES("Addresses"),
    CONNECTIONS("Connections"),
    HTTP("Health and metrics"),
    CONFIGURATION("Configuration file"),
    COMMAND("This command"),
    GENERAL("General");

    private final String heading;

    FlagGroup(String heading) {
        this.heading = heading;
    }

    String heading() {
        return heading;
    }
}
