package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.unix.Errors;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The attempt of a {@link UringStream} to connect.
 *
 * <p>Threading: event loop of the stream only.
 */
final class UringConnect {
    private final UringStream stream;
    private final InetSocketAddress remote;
    private final Dial dial;
    /** The kernel reads it when the ring is entered. */
    private final ByteBuf address;
    /** Null until it has started. */
    private @Nullable Future<?> timeout;

    private long connect = UringOps.NONE;

    UringConnect(UringStream stream, InetSocketAddress remote, Dial dial) {
        this.stream = stream;
        this.remote = remote;
        this.dial = dial;
        this.address = stream.allocator().directBuffer(UringDescriptor.MAX_ADDRESS_BYTES);
    }

    void start(int timeoutMillis) {
        UringDescriptor.encode(remote, address);
        connect = stream.submit(
                UringOps.connect(stream.descriptorNumber(), UringMemory.address(address, 0), address.readableBytes()));
        timeout = stream.eventLoop().schedule(this::giveUp, timeoutMillis, TimeUnit.MILLISECONDS);
    }

    private void giveUp() {
        if (stream.isOpen()) {
            stream.close();
            dial.failed(new ConnectTimeoutException("connection timed out: " + remote));
        }
    }

    /** The stream is being closed. */
    void close() {
        cancelTimeout();
        stream.cancel(connect);
    }

    /** The attempt has ended with {@code result}: 0, or the negative number of an error. */
    void ended(int result) {
        address.release();
        cancelTimeout();
        if (!stream.isOpen()) {
            return;
        }
        if (result == 0) {
            stream.connected(dial);
        } else {
            stream.close();
            dial.failed(failure(result));
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
