package io.kubeferry.agent.watch.apiserver;

import java.net.URI;
import java.time.Duration;

/** Hears how each HTTP request ended. Called from any thread. */
interface HttpObserver {
    /** The head of an answer came; 101 for a WebSocket that was opened. */
    void answered(String method, URI uri, int status, Duration duration);

    /** No answer came. */
    void failed(String method, URI uri, Throwable failure, Duration duration);
}
