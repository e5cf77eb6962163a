package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.Errors;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of a {@link UringStream}: one buffer at a time is the kernel's, the others wait behind it.
 *
 * <p>Threading: event loop of the stream only.
 */
final class UringWriter {
    /** Of the polls for room. */
    static final long ROOM_TAG = 4;

    private final UringStream stream;
    /** What is sent, or will be next; null if there is nothing. */
    private @Nullable ByteBuf first;
    /** What comes behind; null until there was more than one, as is rare. */
    private @Nullable Queue<ByteBuf> others;

    private long unwrittenBytes;
    private boolean isUnwritable;
    /** Whether the kernel reads from the first. */
    private boolean isUnderWay;

    private long send = UringOps.NONE;
    /** Null until the socket has been full for the first time, as few are. */
    private @Nullable UringRoom room;

    private boolean isFull;
    /** Whether the kernel keeps what is sent behind bytes that the peer has not acknowledged. */
    private boolean isDelaying;

    /** Null while nobody waits. */
    private @Nullable Runnable onWritten;

    UringWriter(UringStream stream) {
        this.stream = stream;
    }

    /**
     * The socket has Nagle's algorithm on (RFC 1122, 4.2.3.4), as new ones have: it is switched off before the second send, since
     * it has nothing to delay at the first. Many connections never send twice, which spares them a system call.
     */
    void delaysSecond() {
        isDelaying = true;
    }

    /** Sends {@code bytes} in their turn, once flushed, and releases them. */
    void write(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            bytes.release();
            return;
        }
        unwrittenBytes += bytes.readableBytes();
        isUnwritable |= unwrittenBytes > TcpStream.HIGH_WATERMARK;
        ByteBuf direct = bytes.isDirect() ? bytes : toDirect(bytes);
        if (first == null) {
            first = direct;
        } else {
            Queue<ByteBuf> behind = others == null ? new ArrayDeque<>() : others;
            others = behind;
            behind.add(direct);
        }
    }

    private ByteBuf toDirect(ByteBuf bytes) {
        ByteBuf direct = stream.allocator().directBuffer(bytes.readableBytes()).writeBytes(bytes);
        bytes.release();
        return direct;
    }

    /** Sends what waits, unless that is being done. */
    void flush() {
        ByteBuf next = first;
        if (next == null || isUnderWay || isFull) {
            return;
        }
        isUnderWay = true;
        if (isDelaying && send != UringOps.NONE) {
            isDelaying = false;
            switchDelayOff();
        }
        send = stream.submit(UringOps.send(
                stream.descriptorNumber(), UringMemory.address(next, next.readerIndex()), next.readableBytes()));
    }

    private void switchDelayOff() {
        try {
            stream.set(ChannelOption.TCP_NODELAY, true);
        } catch (ChannelException gone) {
            // The send that follows will tell.
        }
    }

    boolean isWritable() {
        return !isUnwritable;
    }

    long unwrittenBytes() {
        return unwrittenBytes;
    }

    /** Runs {@code action} when all is written; another takes its place. */
    void whenWritten(Runnable action) {
        if (first == null) {
            action.run();
        } else {
            onWritten = action;
            flush();
        }
    }

    /** The stream is being closed. */
    void close() {
        onWritten = null;
        if (isUnderWay) {
            // The kernel has the buffer until it says so.
            stream.cancel(send);
        } else {
            releaseFirst();
        }
        if (others != null) {
            others.forEach(ByteBuf::release);
            others = null;
        }
        if (room != null) {
            room.close();
        }
    }

    /** A poll for room has told what {@code happened}. */
    void polled(int happened) {
        if (room != null) {
            room.polled(happened);
        }
    }

    /** What was under way has ended with {@code result}: a number of bytes, or the negative number of an error. */
    void sent(int result) {
        isUnderWay = false;
        if (!stream.isOpen()) {
            releaseFirst();
        } else if (UringOps.isFull(result)) {
            awaitRoom();
        } else if (result < 0) {
            stream.failed(Errors.newIOException("send", result));
        } else {
            taken(result);
        }
    }

    private void awaitRoom() {
        isFull = true;
        UringRoom awaited = room == null ? new UringRoom(stream, ROOM_TAG) : room;
        room = awaited;
        awaited.await(this::writeOn);
    }

    private void writeOn() {
        isFull = false;
        flush();
    }

    private void taken(int bytes) {
        ByteBuf sent = Objects.requireNonNull(first, "sent although nothing was to be");
        unwrittenBytes -= bytes;
        if (sent.skipBytes(bytes).isReadable()) {
            flush();
        } else {
            releaseFirst();
            first = others == null ? null : others.poll();
            flush();
        }
        if (isUnwritable && unwrittenBytes < TcpStream.LOW_WATERMARK) {
            isUnwritable = false;
            stream.listener().writableAgain();
        }
        Runnable action = onWritten;
        if (action != null && first == null && stream.isOpen()) {
            onWritten = null;
            action.run();
        }
    }

    private void releaseFirst() {
        if (first != null) {
            first.release();
            first = null;
        }
    }
}
