package io.kubeferry.core.net;

import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.unix.Errors;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The attempt of a {@link NativeStream} to connect: it ends once, with an answer, without one in time, or since the stream is
 * closed.
 *
 * <p>Threading: event loop of the stream only.
 */
final class DialAttempt {
    private final NativeStream stream;
    private final InetSocketAddress remote;
    private final Dial dial;
    /** Null until it has started. */
    private @Nullable Future<?> timeout;

    DialAttempt(NativeStream stream, InetSocketAddress remote, Dial dial) {
        this.stream = stream;
        this.remote = remote;
        this.dial = dial;
    }

    InetSocketAddress remote() {
        return remote;
    }

    /** Waits no longer than this from now on. */
    void start(int timeoutMillis) {
        timeout = stream.eventLoop().schedule(this::giveUp, timeoutMillis, TimeUnit.MILLISECONDS);
    }

    private void giveUp() {
        if (stream.isOpen()) {
            stream.close();
            dial.failed(new ConnectTimeoutException("connection timed out: " + remote));
        }
    }

    /** The stream is being closed. */
    void cancel() {
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    /** The kernel says how it went: 0, or the negative number of an error. */
    void ended(int result) {
        cancel();
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
}
