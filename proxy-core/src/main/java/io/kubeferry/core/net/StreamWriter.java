package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of a {@link NativeStream}: the buffers that the kernel has not taken yet, in their order.
 *
 * <p>Threading: event loop of the stream only.
 */
abstract class StreamWriter {
    private final NativeStream stream;
    /** What is sent, or will be next; null if there is nothing. */
    private @Nullable ByteBuf first;
    /** What comes behind; null until there was more than one, as is rare. */
    private @Nullable Queue<ByteBuf> others;

    private long unwrittenBytes;
    private boolean isUnwritable;
    /** Whether the kernel keeps what is sent behind bytes that the peer has not acknowledged. */
    private boolean isDelaying;

    private boolean hasSent;
    /** Null while nobody waits. */
    private @Nullable Runnable onWritten;

    StreamWriter(NativeStream stream) {
        this.stream = stream;
    }

    /**
     * The socket has Nagle's algorithm on (RFC 1122, 4.2.3.4), as new ones have: it is switched off before the second send, since
     * it has nothing to delay at the first. Many connections never send twice, which spares them a system call.
     */
    final void delaysSecond() {
        isDelaying = true;
    }

    /** Sends {@code bytes} in their turn, once flushed, and releases them. */
    final void write(ByteBuf bytes) {
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

    /** Sends what waits, or as much of it as there is room for, unless that is being done. */
    abstract void flush();

    /** Stops, and lets go of all that the kernel does not read from. */
    abstract void close();

    final boolean isWritable() {
        return !isUnwritable;
    }

    final long unwrittenBytes() {
        return unwrittenBytes;
    }

    /** Runs {@code action} when all is written; another takes its place. */
    final void whenWritten(Runnable action) {
        if (first == null) {
            action.run();
        } else {
            onWritten = action;
            flush();
        }
    }

    /** What is to be sent next; null if there is nothing. */
    final @Nullable ByteBuf first() {
        return first;
    }

    /** Bytes will be sent next. */
    final void prepareToSend() {
        if (isDelaying && hasSent) {
            isDelaying = false;
            try {
                stream.set(ChannelOption.TCP_NODELAY, true);
            } catch (ChannelException gone) {
                // The send that follows will tell.
            }
        }
        hasSent = true;
    }

    /** The kernel has taken so many bytes of the first buffer. */
    final void taken(int bytes) {
        ByteBuf sent = first;
        if (sent == null) {
            throw new IllegalStateException("sent although nothing was to be: " + stream);
        }
        unwrittenBytes -= bytes;
        if (!sent.skipBytes(bytes).isReadable()) {
            releaseFirst();
            first = others == null ? null : others.poll();
        }
    }

    /** Tells those who wait what they have waited for, if it is so. */
    final void tellProgress() {
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

    final void releaseFirst() {
        if (first != null) {
            first.release();
            first = null;
        }
    }

    /** Lets go of what waits behind the first, and of whoever waits. */
    final void releaseOthers() {
        onWritten = null;
        if (others != null) {
            others.forEach(ByteBuf::release);
            others = null;
        }
    }
}
