package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A stream on an epoll set, into which its socket is put once, for changes: nothing is told to epoll again when reading is
 * paused and resumed. What has been told is remembered instead.
 *
 * <p>Changes of room are waited for by one that connects, which learns by that how it went, and by any other as soon as its
 * socket has been full for the first time: few ever are, and each end of a direction would wake the loop for nothing.
 *
 * <p>Threading: as {@link TcpStream}.
 */
final class EpollStream extends NativeStream implements EpollIoHandle {
    /** The number, for Netty's handler and for reading and writing; a {@link TcpDescriptor} would ask the kernel for its family. */
    private final FileDescriptor file = new FileDescriptor(descriptorNumber());

    private final EpollReader reader = new EpollReader(this);
    private final EpollWriter writer = new EpollWriter(this);
    /** Null until it is registered. */
    private @Nullable EpollHandler handler;
    /** Of the handler: in this one and before, its number was another connection's. */
    private long lastForeignBatch;
    /** Whether epoll tells of room. */
    private boolean isToldOfRoom;
    /** Null unless it is connecting. */
    private @Nullable DialAttempt attempt;
    /** Null while nobody but the stream waits. */
    private @Nullable EpollWatch watch;

    private EpollStream(InetAddress remote) {
        super(remote);
        writer.delaysSecond();
    }

    private EpollStream(
            int descriptor,
            @Nullable InetSocketAddress localAddress,
            InetSocketAddress remoteAddress,
            ByteBufAllocator allocator) {
        super(descriptor, localAddress, remoteAddress, allocator);
    }

    /** As {@link NativeStream#NativeStream(InetAddress)}. */
    static EpollStream unconnected(InetAddress remote) {
        return new EpollStream(remote);
    }

    /** As {@link NativeStream#NativeStream(int, InetSocketAddress, InetSocketAddress, ByteBufAllocator)}. */
    static EpollStream accepted(
            int descriptor,
            @Nullable InetSocketAddress localAddress,
            InetSocketAddress remoteAddress,
            ByteBufAllocator allocator) {
        return new EpollStream(descriptor, localAddress, remoteAddress, allocator);
    }

    @Override
    public FileDescriptor fd() {
        return file;
    }

    /** It is being registered with {@code itsHandler}. */
    void registeredBy(EpollHandler itsHandler) {
        handler = itsHandler;
        lastForeignBatch = itsHandler.batch();
    }

    @Override
    EpollReader reader() {
        return reader;
    }

    @Override
    EpollWriter writer() {
        return writer;
    }

    @Override
    void begin() {
        lookAgain();
    }

    @Override
    void beginConnecting(DialAttempt begun) throws IOException {
        attempt = begun;
        boolean isAnswered = socket().connect(begun.remote());
        // Before that epoll would tell that the socket is not connected.
        isToldOfRoom = true;
        lookAgain();
        if (isAnswered) {
            attempt = null;
            begun.ended(0);
        }
    }

    @Override
    void begun() {}

    /** Has epoll tell what is the case now, and changes from now on. */
    void lookAgain() {
        if (!isOpen()) {
            return;
        }
        try {
            long _ = submit(isToldOfRoom ? EpollEvents.CHANGES : EpollEvents.CHANGES_OF_INPUT);
        } catch (UncheckedIOException refused) {
            throw new ChannelException("epoll does not take the socket: descriptor=" + descriptorNumber(), refused);
        }
    }

    /** Has epoll tell of room, now or as soon as there is some. The socket has been full. */
    void awaitRoom() {
        if (!isToldOfRoom) {
            isToldOfRoom = true;
            lookAgain();
        }
    }

    /** Reads into {@code buffer}: how many bytes, 0 if there are none, -1 at the end. */
    int receive(ByteBuf buffer) throws IOException {
        int start = buffer.writerIndex();
        int bytes = file.readAddress(DirectMemory.address(buffer, start), 0, buffer.writableBytes());
        if (bytes > 0) {
            buffer.writerIndex(start + bytes);
        }
        return bytes;
    }

    /** Writes what {@code bytes} has, without taking it from there: how many bytes the kernel has taken. */
    int send(ByteBuf bytes) throws IOException {
        return file.writeAddress(DirectMemory.address(bytes, bytes.readerIndex()), 0, bytes.readableBytes());
    }

    /** Epoll tells of a failure that no read will meet. */
    void tellFailure() {
        int errno;
        try {
            errno = socket().getSoError();
        } catch (IOException closed) {
            failed(closed);
            return;
        }
        // Without one, both sides have sent their FINs.
        if (errno != 0) {
            failed(Errors.newIOException("read", -errno));
        }
    }

    @Override
    void closeRegistered(IoRegistration its) {
        DialAttempt dialling = attempt;
        if (dialling != null) {
            dialling.cancel();
        }
        writer.close();
        if (watch != null) {
            watch.close();
        }
        try {
            // Before it is taken from the set, which then costs no system call.
            file.close();
        } catch (IOException nothingToFlush) {
            // The number is free all the same.
        }
        boolean _ = its.cancel();
    }

    @Override
    void lasts() {
        // It reads when there is something, into memory that is borrowed for that moment.
    }

    @Override
    SocketWatch watch() {
        EpollWatch asked = watch == null ? new EpollWatch(this, reader) : watch;
        watch = asked;
        return asked;
    }

    @Override
    public void handle(IoRegistration ofThis, IoEvent event) {
        if (handler == null || handler.batch() == lastForeignBatch) {
            return;
        }
        try {
            happened(((EpollIoEvent) event).ops().value());
        } catch (RuntimeException mistake) {
            // The event loop would know of no connection that it belongs to.
            failed(mistake);
        }
    }

    private void happened(int events) {
        if (attempt != null && EpollEvents.isWritable(events)) {
            answered(attempt, events);
        }
        if (attempt != null || !isOpen()) {
            return;
        }
        if (EpollEvents.isWritable(events)) {
            writer.writeOn();
            if (watch != null) {
                watch.writable();
            }
        }
        if (!isOpen() || !EpollEvents.isReadable(events)) {
            return;
        }
        if (watch != null && reader.isTaken()) {
            watch.readable(events);
        } else {
            reader.told(events);
        }
    }

    private void answered(DialAttempt dialling, int events) {
        attempt = null;
        int errno = 0;
        if (EpollEvents.isFailure(events)) {
            try {
                errno = socket().getSoError();
            } catch (IOException closed) {
                failed(closed);
                return;
            }
        }
        dialling.ended(-errno);
    }

    @Override
    public String toString() {
        return "stream on epoll, descriptor " + descriptorNumber();
    }
}
