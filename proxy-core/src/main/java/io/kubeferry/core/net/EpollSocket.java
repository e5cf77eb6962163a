package io.kubeferry.core.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandler;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket in the epoll set, as its channel and a {@link SocketWatch} want it together: one descriptor, one entry of the set,
 * the union of what both wait for.
 *
 * <p>It stays in the set until its channel is deregistered. Netty 4.2.18 takes a socket out of the set when nothing is waited
 * for, and never puts it back: the next wish fails with ENOENT. That is the fate of every client that sends its FIN first and
 * then reads a large answer slowly: with the FIN read, nothing is left to wait for; when its socket is full, waiting for room
 * fails and the answer is cut off. So where nobody waits for anything, this waits for nothing but the edges of errors: a reset
 * is reported once and an ended socket does not keep the loop busy.
 *
 * <p>Threading: event loop only.
 */
@SuppressWarnings("try") // Netty's close() may throw anything.
final class EpollSocket implements EpollIoHandle, IoRegistration {
    private static final Logger LOG = LoggerFactory.getLogger(EpollSocket.class);
    private static final int IN = EpollIoOps.EPOLLIN.value();
    private static final int OUT = EpollIoOps.EPOLLOUT.value();
    private static final int END = EpollIoOps.EPOLLRDHUP.value();
    /** EPOLLERR and EPOLLHUP, which are reported whether they are waited for or not. */
    private static final int FAILURE = EpollIoOps.EPOLLERR.value() | 0x10;

    private static final int NOTHING = EpollIoOps.EPOLLET.value();

    private final EpollIoHandle channel;
    private final EpollHandler owner;
    /** Null until it is registered. */
    private @Nullable IoRegistration registration;

    /** Null while nothing but the channel waits. */
    private @Nullable Watch watch;

    private final Runnable tellWish = this::tellWish;
    private int wishOfChannel;
    /** What epoll has been told. */
    private int toldWish;

    private boolean isWishToBeTold;
    private boolean channelKnowsEnd;

    EpollSocket(EpollIoHandle channel, EpollHandler owner) {
        this.channel = channel;
        this.owner = owner;
    }

    /** Registers itself in place of its channel; the answer is for the channel. */
    IoRegistration registerWith(IoHandler handler) throws Exception {
        registration = handler.register(this);
        return this;
    }

    /** The watch of the socket; there is one. */
    SocketWatch watch() {
        Watch asked = watch == null ? new Watch() : watch;
        watch = asked;
        return asked;
    }

    private IoRegistration registration() {
        return Objects.requireNonNull(registration);
    }

    @Override
    public FileDescriptor fd() {
        return channel.fd();
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

    @Override
    public void handle(IoRegistration ofThis, IoEvent event) {
        int happened = ((EpollIoEvent) event).ops().value();
        Watch beside = watch;
        int forChannel = beside == null ? happened : beside.handle(happened);
        if (forChannel != 0 && isValid()) {
            channelKnowsEnd |= (forChannel & END) != 0;
            channel.handle(ofThis, forChannel == happened ? event : new Event(EpollIoOps.valueOf(forChannel)));
        }
        if (beside != null && isValid()) {
            submitWish();
        }
    }

    @Override
    public long submit(IoOps ops) {
        wishOfChannel = ((EpollIoOps) ops).value();
        submitWish();
        return wishOfChannel;
    }

    /** Has epoll told before the loop waits next: a wish that changes twice until then costs one system call, or none. */
    private void submitWish() {
        if (!isWishToBeTold && wish() != toldWish) {
            isWishToBeTold = true;
            owner.beforeNextWait(tellWish);
        }
    }

    private void tellWish() {
        isWishToBeTold = false;
        int wish = wish();
        if (wish == toldWish || !isValid()) {
            return;
        }
        toldWish = wish;
        try {
            registration().submit(EpollIoOps.valueOf(wish));
        } catch (UncheckedIOException failure) {
            LOG.warn("a connection is closed since epoll does not take its socket: descriptor={}", fd(), failure);
            closeQuietly();
        }
    }

    private void closeQuietly() {
        try {
            channel.close();
        } catch (Exception failure) {
            LOG.debug("while closing a channel", failure);
        }
    }

    private int wish() {
        // A channel that has been told of the end reads to the end without being told of input.
        int ofChannel = channelKnowsEnd ? wishOfChannel & ~IN : wishOfChannel;
        int together = watch == null ? ofChannel : watch.with(ofChannel);
        return together == 0 ? NOTHING : together;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature.
    public <T> T attachment() {
        return registration().attachment();
    }

    @Override
    public boolean isValid() {
        return registration().isValid();
    }

    @Override
    public boolean cancel() {
        owner.unregistered(channel);
        return registration().cancel();
    }

    private record Event(EpollIoOps ops) implements EpollIoEvent {}

    private final class Watch implements SocketWatch {
        /** Null while the channel reads. */
        private @Nullable Runnable onTrouble;

        /** Null while input is not waited for. */
        private @Nullable Runnable onReadable;

        /** Null while room is not waited for. */
        private @Nullable Runnable onWritable;

        /** The part of {@code happened} that is left for the channel. */
        int handle(int happened) {
            int left = happened;
            Runnable writable = onWritable;
            if (writable != null && (happened & (OUT | FAILURE)) != 0) {
                left &= ~OUT;
                onWritable = null;
                writable.run();
            }
            Runnable trouble = onTrouble;
            if (trouble == null) {
                return left;
            }
            Runnable readable = onReadable;
            if (readable != null && (happened & (IN | END | FAILURE)) != 0) {
                onReadable = null;
                readable.run();
            } else if ((happened & FAILURE) != 0) {
                trouble.run();
            }
            return left & OUT;
        }

        int with(int ofChannel) {
            int together = onTrouble == null ? ofChannel : ofChannel & OUT;
            if (onReadable != null) {
                together |= IN;
            }
            return onWritable == null ? together : together | OUT;
        }

        @Override
        public boolean takeReading(Runnable trouble) {
            if (channelKnowsEnd) {
                return false;
            }
            onTrouble = trouble;
            return true;
        }

        @Override
        public void endReads(Runnable ended) {
            // They do not take time.
            ended.run();
        }

        @Override
        public void giveReadingBack() {
            onTrouble = null;
            onReadable = null;
            // Epoll reports what is still the case, so there is nothing to be told.
            submitWish();
        }

        @Override
        public void awaitReadable(Runnable action) {
            onReadable = action;
            submitWish();
        }

        @Override
        public void awaitWritable(Runnable action) {
            onWritable = action;
            submitWish();
        }

        @Override
        public void close() {
            onReadable = null;
            onWritable = null;
        }
    }
}
