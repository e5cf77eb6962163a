package io.kubeferry.agent.cli;

/** Where the process starts. */
final class KubeferryMain {
    private KubeferryMain() {}

    public static void main(String[] arguments) {
        System.exit(KubeferryCommand.execute(arguments));
    }
}
