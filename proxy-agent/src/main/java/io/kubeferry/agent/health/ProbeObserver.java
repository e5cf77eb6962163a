package io.kubeferry.agent.health;

/** Counts the answers given to probes. Called on the HTTP event loop; must not block. */
public interface ProbeObserver {
    /** {@code /healthz} was answered with {@code status}. */
    void healthzAnswered(int status);

    /** {@code /livez} was answered with {@code status}. */
    void livezAnswered(int status);
}
