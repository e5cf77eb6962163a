package io.kubeferry.agent;

/** The agent cannot start as it was told to. The message is one sentence for the user, without a full stop. */
public class AgentStartException extends Exception {
    private static final long serialVersionUID = 1;

    /** Cannot start, for {@code reason}. */
    public AgentStartException(String reason) {
        super(reason);
    }
}
