package io.kubeferry.agent.status;

import io.kubeferry.core.model.EndpointConditions;
import java.util.Locale;

/** The state of an endpoint, in one word for people. */
enum EndpointState {
    /** It takes new connections. */
    READY,
    /** Its pod is being deleted; it still answers, and stands in where no ready endpoint is left. */
    TERMINATING,
    /** It does not answer, or its pod says that it is not ready. */
    NOT_READY,
    /** The Service has it no longer; connections that it had go on. */
    REMOVED;

    static EndpointState of(EndpointConditions conditions) {
        if (conditions.servingAndTerminating()) {
            return TERMINATING;
        }
        return conditions.ready() ? READY : NOT_READY;
    }

    /** The name in JSON: {@code not-ready}. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
