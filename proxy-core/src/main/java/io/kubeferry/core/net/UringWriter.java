package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of a {@link UringStream}: one buffer at a time is the kernel's, the others wait behind it.
 *
 * <p>Threading: event loop of the stream only.
 */
final class UringWriter extends StreamWriter {
    /** Of the polls for room. */
    static final long ROOM_TAG = 4;

    private final UringStream stream;
    /** Whether the kernel reads from the first buffer. */
    private boolean isUnderWay;

    private long send = UringOps.NONE;
    /** Null until the socket has been full for the first time, as few are. */
    private @Nullable UringRoom room;

    private boolean isFull;

    UringWriter(UringStream stream) {
        super(stream);
        this.stream = stream;
    }

    @Override
    void flush() {
        ByteBuf next = first();
        if (next == null || isUnderWay || isFull) {
            return;
        }
        isUnderWay = true;
        prepareToSend();
        send = stream.submit(UringOps.send(
                stream.descriptorNumber(), DirectMemory.address(next, next.readerIndex()), next.readableBytes()));
    }

    @Override
    void close() {
        if (isUnderWay) {
            // The kernel has the buffer until it says so.
            stream.cancel(send);
        } else {
            releaseFirst();
        }
        releaseOthers();
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
            flush();
            tellProgress();
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
}
