package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;

/** Listens to a stream that nobody listens to yet. Stateless. */
final class DeafListener implements StreamListener {
    static final DeafListener INSTANCE = new DeafListener();

    private DeafListener() {}

    @Override
    public void read(ByteBuf bytes) {
        bytes.release();
    }

    @Override
    public void failed(Throwable cause) {}
}
