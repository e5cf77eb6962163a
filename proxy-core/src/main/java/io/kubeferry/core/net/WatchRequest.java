package io.kubeferry.core.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.SocketChannel;

/**
 * Asks the {@link WatchableIoHandler} of an event loop for the watch of a channel: registering is the one way from a channel
 * to the handler that Netty offers. Nothing stays registered.
 */
record WatchRequest(SocketChannel channel) implements IoHandle {
    /** What {@code channel} itself is registered with. */
    IoHandle handleOfChannel() {
        return (IoHandle) channel.unsafe();
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        // It never has any.
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
