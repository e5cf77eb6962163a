package io.kubeferry.agent.watch;

import io.kubeferry.agent.state.NodeRecord;

/** What a source says when it is asked once for the own Node. Immutable. */
public sealed interface NodeAnswer {
    /** There is one. */
    record Found(NodeRecord node) implements NodeAnswer {}

    /** There is none. */
    record Missing() implements NodeAnswer {}

    /**
     * Nobody knows.
     *
     * @param reason a clause for people, such as {@code the API server cannot be asked: connection refused}
     */
    record Unknown(String reason) implements NodeAnswer {}
}
