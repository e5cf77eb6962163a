package io.kubeferry.it.capture;

/** Which process of a node's agent it is that tests meet. What holds for the first one holds for each. */
enum Life {
    /** The one that found the node untouched. */
    FIRST,
    /** The one after a process that was told to end. */
    AFTER_STOP,
    /** The one after a process that was killed. */
    AFTER_KILL;

    /** Brings the node of {@code agent} to this, and returns when its agent serves. */
    NodeAgent begin(NodeAgent agent) throws Exception {
        NodeAgent living = switch (this) {
            case FIRST -> agent;
            case AFTER_STOP -> agent.startAgainAfter("TERM");
            case AFTER_KILL -> agent.startAgainAfter("KILL");
        };
        return living.awaitReady();
    }
}
