package io.kubeferry.core.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A stream on an io_uring, with as few operations and system calls as it takes.
 *
 * <p>It reads one buffer ahead ({@link UringReader}). A reset is told whether or not it is read on, but nothing is told of what
 * comes behind bytes that nobody has read yet.
 *
 * <p>Threading: as {@link TcpStream}.
 */
final class UringStream extends NativeStream implements IoUringIoHandle {
    private final UringReader reader = new UringReader(this);
    private final UringWriter writer = new UringWriter(this);

    /** Null until it connects, and for one that was accepted. */
    private @Nullable UringConnect connect;
    /** Null while nobody but the stream waits. */
    private @Nullable UringWatch watch;

    private UringStream(InetAddress remote) {
        super(remote);
        writer.delaysSecond();
    }

    private UringStream(int descriptor, @Nullable InetSocketAddress localAddress, ByteBufAllocator allocator) {
        super(descriptor, localAddress, null, allocator);
    }

    /** As {@link NativeStream#NativeStream(InetAddress)}. */
    static UringStream unconnected(InetAddress remote) {
        return new UringStream(remote);
    }

    /** As {@link NativeStream#NativeStream(int, InetSocketAddress, InetSocketAddress, ByteBufAllocator)}. */
    static UringStream accepted(int descriptor, @Nullable InetSocketAddress localAddress, ByteBufAllocator allocator) {
        return new UringStream(descriptor, localAddress, allocator);
    }

    @Override
    UringReader reader() {
        return reader;
    }

    @Override
    UringWriter writer() {
        return writer;
    }

    @Override
    void begin() {
        reader.readAhead();
    }

    @Override
    void beginConnecting(DialAttempt attempt) {
        UringConnect operation = new UringConnect(this, attempt);
        connect = operation;
        operation.start();
    }

    @Override
    void begun() {
        reader.expectNothing();
    }

    @Override
    void closeRegistered(IoRegistration its) {
        // What is under way holds the socket open in the kernel, whatever is closed.
        if (connect != null) {
            connect.close();
        }
        reader.close();
        writer.close();
        if (watch != null) {
            watch.close();
        }
        // After what was submitted before for this number, which is somebody else's as soon as it is closed.
        long _ = submit(UringOps.close(descriptorNumber()));
        boolean _ = its.cancel();
    }

    @Override
    void lasts() {
        if (isOpen()) {
            reader.lasts();
        }
    }

    /** As {@link SocketWatch#endReads}. */
    void endReads(Runnable ended) {
        reader.end(ended);
    }

    @Override
    SocketWatch watch() {
        UringWatch asked = watch == null ? new UringWatch(this) : watch;
        watch = asked;
        return asked;
    }

    /** Calls the operation off, if there is one. */
    void cancel(long operation) {
        if (operation != UringOps.NONE) {
            long _ = submit(UringOps.cancel(operation));
        }
    }

    @Override
    public void handle(IoRegistration ofThis, IoEvent ioEvent) {
        try {
            handle((IoUringIoEvent) ioEvent);
        } catch (RuntimeException mistake) {
            // The event loop would know of no connection that it belongs to.
            failed(mistake);
        }
    }

    private void handle(IoUringIoEvent event) {
        switch (event.opcode()) {
            case UringOps.RECEIVE -> reader.received(event.res(), event.flags());
            case UringOps.SEND -> writer.sent(event.res());
            case UringOps.CONNECT -> connectEnded(event.res());
            case UringOps.POLL -> polled(event);
            default -> {
                // Whether something could be called off its own completion tells, and closing always succeeds.
            }
        }
    }

    private void connectEnded(int result) {
        UringConnect operation = connect;
        connect = null;
        if (operation != null) {
            operation.ended(result);
        }
    }

    private void polled(IoUringIoEvent event) {
        if (event.userData() == UringReader.POLL_TAG) {
            reader.polled(event.res(), event.flags());
        } else if (event.userData() == UringWriter.ROOM_TAG) {
            writer.polled(event.res());
        } else if (watch != null) {
            watch.polled(event.userData(), event.res());
        }
    }

    @Override
    public String toString() {
        return "stream on an io_uring, descriptor " + descriptorNumber();
    }
}
