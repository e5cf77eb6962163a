package io.kubeferry.agent.watch.apiserver;

import java.time.Duration;
import java.util.OptionalInt;

/** Hears of every request to the API server, for metrics. Called from any thread; must return at once. */
@FunctionalInterface
public interface ApiRequestObserver {
    /** Nobody is interested. */
    static ApiRequestObserver none() {
        return (method, host, status, duration) -> {};
    }

    /**
     * A request was answered, or failed.
     *
     * @param method GET, POST, …; a watch is a GET too
     * @param host the server's host and port
     * @param status of the answer (101 for a watch that was opened); empty where there was no answer
     * @param duration from sending to the head of the answer
     */
    void requestEnded(String method, String host, OptionalInt status, Duration duration);
}
