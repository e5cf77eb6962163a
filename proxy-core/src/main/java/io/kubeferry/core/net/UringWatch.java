package io.kubeferry.core.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a socket with polls of its own on the ring that drives the channel. The bytes are moved by system calls after that
 * and not by IORING_OP_SPLICE, which the kernel always hands to a thread of its own.
 *
 * <p>A poll that is under way holds the socket open in the kernel, whatever is closed: it is cancelled first.
 *
 * <p>Threading: event loop only.
 */
final class UringWatch implements SocketWatch, IoUringIoHandle {
    private static final long READABLE = 1;
    private static final long WRITABLE = 2;
    private static final long CANCELLED = 3;
    private static final long NONE = 0;

    private final UringSocket socket;
    private final int descriptor;
    /** Null until it is registered. */
    private @Nullable IoRegistration registration;

    /** Null while the channel reads. */
    private @Nullable Runnable onTrouble;

    /** Null while input is not waited for. */
    private @Nullable Runnable onReadable;

    /** Null while room is not waited for. */
    private @Nullable Runnable onWritable;

    private long readablePoll = NONE;
    private long writablePoll = NONE;

    UringWatch(UringSocket socket, SocketChannel channel) {
        this.socket = socket;
        this.descriptor = ((UnixChannel) channel).fd().intValue();
    }

    void registeredAs(IoRegistration registered) {
        registration = registered;
    }

    private IoRegistration registration() {
        return Objects.requireNonNull(registration);
    }

    @Override
    public boolean takeReading(Runnable trouble) {
        boolean taken = socket.takeReading();
        if (taken) {
            onTrouble = trouble;
        }
        return taken;
    }

    @Override
    public void giveReadingBack() {
        onTrouble = null;
        onReadable = null;
        cancel(readablePoll);
        socket.letChannelRead();
    }

    @Override
    public void awaitReadable(Runnable action) {
        onReadable = action;
        if (readablePoll == NONE) {
            readablePoll = registration().submit(UringPoll.once(descriptor, UringPoll.IN | UringPoll.END, READABLE));
        }
    }

    @Override
    public void awaitWritable(Runnable action) {
        onWritable = action;
        if (writablePoll == NONE) {
            writablePoll = registration().submit(UringPoll.once(descriptor, UringPoll.OUT, WRITABLE));
        }
    }

    /** The end of input, or a failure, was kept from the channel. */
    void endKept(int happened) {
        Runnable trouble = onTrouble;
        if (trouble != null && onReadable == null && (happened & UringPoll.FAILURE) != 0) {
            trouble.run();
        }
    }

    @Override
    public void handle(IoRegistration ofThis, IoEvent ioEvent) {
        IoUringIoEvent event = (IoUringIoEvent) ioEvent;
        boolean cancelled = event.res() < 0;
        if (event.userData() == READABLE) {
            readablePoll = NONE;
            Runnable action = onReadable;
            if (action != null && cancelled) {
                // Asked for again before the cancellation came through.
                awaitReadable(action);
            } else if (action != null) {
                onReadable = null;
                action.run();
            }
        } else if (event.userData() == WRITABLE) {
            writablePoll = NONE;
            Runnable action = onWritable;
            if (action != null) {
                onWritable = null;
                action.run();
            }
        }
    }

    @Override
    public void close() {
        onReadable = null;
        onWritable = null;
        cancel(readablePoll);
        cancel(writablePoll);
        registration().cancel();
    }

    private void cancel(long poll) {
        if (poll != NONE) {
            long _ = registration().submit(UringPoll.cancel(poll, CANCELLED));
        }
    }
}
