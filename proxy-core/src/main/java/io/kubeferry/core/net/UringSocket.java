package io.kubeferry.core.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A socket on an io_uring, between its channel and the ring.
 *
 * <p>A peer that has sent its FIN is written to for as long as it reads. A poll of io_uring ends when the peer has hung up,
 * whatever it waits for (IO_POLL_UNMASK in io_uring/poll.c), and Netty 4.2.18 looks at what is reported alone: when a poll for
 * room to write ends so, it takes that for the FIN it knows already, and waits for room ever after. That is the fate of an
 * upload that is held back while the endpoint sends its FIN. So the first hang-up is told as it is, and each later one as room:
 * Netty then tries, and waits again if there is none. Since the next poll ends at once too, it is told a little later.
 *
 * <p>A channel that does not read on purpose still does when the ring tells it that the peer has sent its FIN. While a watch
 * has taken reading, that piece of news is kept here: bytes that the channel read then would overtake those in a pipe.
 *
 * <p>Threading: event loop only.
 */
@SuppressWarnings("try") // Netty's close() may throw anything.
final class UringSocket implements IoUringIoHandle, WatchableIoHandler.WatchableSocket {
    private static final long RETRY_MILLIS = 10;

    private final IoUringIoHandle channel;
    private final WatchableIoHandler owner;
    private final Executor later;
    /** Null while nobody but the channel waits. */
    private @Nullable UringWatch watch;

    /** Null while nothing is kept from the channel. */
    private @Nullable Runnable keptEnd;

    private boolean hungUp;
    private boolean readingTaken;
    private boolean channelKnowsEnd;

    /** {@code later} runs what it is given on the event loop, a little later. */
    UringSocket(IoUringIoHandle channel, WatchableIoHandler owner, Executor later) {
        this.channel = channel;
        this.owner = owner;
        this.later = later;
    }

    /** Netty's io_uring handler, with its sockets wrapped so. */
    static IoHandlerFactory newFactory() {
        return ForwardingIoHandler.factory(IoUringIoHandler.newFactory(), (uring, executor) -> {
            Executor later = after(executor);
            return new UringHandler(uring, (handle, owner) -> new UringSocket((IoUringIoHandle) handle, owner, later));
        });
    }

    private static Executor after(ThreadAwareExecutor executor) {
        return executor instanceof ScheduledExecutorService loop
                ? task -> {
                    var _ = loop.schedule(task, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                }
                : executor;
    }

    @Override
    public IoRegistration registerWith(IoHandler handler) throws Exception {
        return handler.register(this);
    }

    @Override
    public SocketWatch watch(SocketChannel socketChannel) throws Exception {
        UringWatch asked = watch;
        if (asked == null) {
            // Accepted by an io_uring it may block, and splice(2) goes by that.
            Fcntl.makeNonBlocking(((UnixChannel) socketChannel).fd().intValue());
            asked = new UringWatch(this, socketChannel);
            asked.registeredAs(owner.registerUnwatched(asked));
            watch = asked;
            // The channel counts on an answer to its poll, also when it has been closed meanwhile.
            socketChannel.closeFuture().addListener(_ -> letChannelRead());
        }
        return asked;
    }

    /** Keeps the end of input from the channel from now on; false if it knows. */
    boolean takeReading() {
        if (channelKnowsEnd) {
            return false;
        }
        readingTaken = true;
        return true;
    }

    /** Tells the channel what was kept from it. */
    void letChannelRead() {
        readingTaken = false;
        Runnable kept = keptEnd;
        if (kept != null) {
            keptEnd = null;
            kept.run();
        }
    }

    @Override
    public void handle(IoRegistration registration, IoEvent ioEvent) {
        IoUringIoEvent event = (IoUringIoEvent) ioEvent;
        int happened = event.res();
        if (event.opcode() != UringPoll.OPCODE || happened < 0 || (happened & UringPoll.END) == 0) {
            channel.handle(registration, event);
        } else if (happened == UringPoll.END && hungUp) {
            IoUringIoEvent room = telling(UringPoll.OUT, event);
            later.execute(() -> channel.handle(registration, room));
        } else if (!readingTaken) {
            hungUp |= happened == UringPoll.END;
            channelKnowsEnd = true;
            channel.handle(registration, event);
        } else if ((happened & UringPoll.OUT) != 0) {
            // It was a poll for room: that for the end tells of the end itself.
            channel.handle(registration, telling(happened & ~UringPoll.END, event));
        } else {
            hungUp = true;
            keepEnd(registration, event);
        }
    }

    private void keepEnd(IoRegistration registration, IoUringIoEvent event) {
        IoUringIoEvent kept = telling(event.res(), event);
        keptEnd = () -> {
            channelKnowsEnd = true;
            channel.handle(registration, kept);
        };
        if (watch != null) {
            watch.endKept(event.res());
        }
    }

    /** A copy, since Netty uses the event again for the next one. */
    private static IoUringIoEvent telling(int happened, IoUringIoEvent event) {
        return new IoUringIoEvent(happened, event.flags(), event.opcode(), event.userData());
    }

    @Override
    public void registered() {
        channel.registered();
    }

    @Override
    public void unregistered() {
        owner.unregistered(channel);
        channel.unregistered();
    }

    @Override
    public void close() throws Exception {
        channel.close();
    }
}
