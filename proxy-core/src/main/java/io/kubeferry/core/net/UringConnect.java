package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.unix.Errors;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The attempt of a {@link UringSocketChannel} to connect.
 *
 * <p>Threading: event loop of the channel only.
 */
final class UringConnect {
    private final UringSocketChannel channel;
    private final InetSocketAddress remote;
    private final ChannelPromise promise;
    /** The kernel reads it when the ring is entered. */
    private final ByteBuf address;
    /** Null without a time-out. */
    private @Nullable ScheduledFuture<?> timeout;

    private long connect = UringOps.NONE;

    UringConnect(UringSocketChannel channel, InetSocketAddress remote, ChannelPromise promise) {
        this.channel = channel;
        this.remote = remote;
        this.promise = promise;
        this.address = channel.alloc().directBuffer(UringDescriptor.MAX_ADDRESS_BYTES);
    }

    void start() {
        channel.fd().encode(remote, address);
        connect = channel.submit(
                UringOps.connect(channel.descriptor(), UringMemory.address(address, 0), address.readableBytes()));
        int timeoutMillis = channel.config().getConnectTimeoutMillis();
        if (timeoutMillis > 0) {
            timeout = channel.eventLoop().schedule(this::giveUp, timeoutMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void giveUp() {
        if (promise.tryFailure(new ConnectTimeoutException("connection timed out: " + remote))) {
            channel.close();
        }
    }

    /** The channel is being closed. */
    void close() {
        cancelTimeout();
        promise.tryFailure(new ClosedChannelException());
        channel.cancel(connect);
    }

    /** The attempt has ended with {@code result}: 0, or the negative number of an error. */
    void ended(int result) {
        address.release();
        cancelTimeout();
        if (!channel.isOpen()) {
            return;
        }
        if (result == 0) {
            channel.connected(promise);
        } else {
            promise.tryFailure(failure(result));
            channel.close();
        }
    }

    private static IOException failure(int error) {
        try {
            boolean _ = Errors.handleConnectErrno("connect", error);
        } catch (IOException refused) {
            return refused;
        }
        return Errors.newIOException("connect", error);
    }

    private void cancelTimeout() {
        if (timeout != null) {
            timeout.cancel(false);
        }
    }
}
