package io.kubeferry.core.net;

import java.util.concurrent.CompletableFuture;

/** Tells a future how it went to connect. */
final class FutureDial implements Dial {
    private final CompletableFuture<Void> connected = new CompletableFuture<>();

    CompletableFuture<Void> future() {
        return connected;
    }

    @Override
    public void connected() {
        connected.complete(null);
    }

    @Override
    public void failed(Throwable cause) {
        connected.completeExceptionally(cause);
    }
}
