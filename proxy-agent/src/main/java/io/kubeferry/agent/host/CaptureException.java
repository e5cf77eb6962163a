package io.kubeferry.agent.host;

/** The host did not take what it was told about Service addresses. The message is for people. */
public final class CaptureException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CaptureException(String message) {
        super(message);
    }
}
