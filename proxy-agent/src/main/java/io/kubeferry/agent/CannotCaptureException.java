package io.kubeferry.agent;

/** Service addresses shall be captured, and this host or this process cannot. */
public final class CannotCaptureException extends AgentStartException {
    private static final long serialVersionUID = 1;

    CannotCaptureException(String reason) {
        super("--addresses: capture (expected: auto or loopback here, because " + reason + ")");
    }
}
