package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of a {@link UringSocketChannel}: one buffer at a time is the kernel's.
 *
 * <p>Threading: event loop of the channel only.
 */
final class UringWriter {
    /** Of the polls for room. */
    static final long ROOM_TAG = 4;

    private final UringSocketChannel channel;
    /** Null until the socket has been full for the first time, as few are. */
    private @Nullable UringRoom room;

    private boolean isFull;
    private long send = UringOps.NONE;
    /** What the kernel reads from; held here too, since a channel that is closed lets go of what it has not written. */
    private @Nullable ByteBuf underWay;

    UringWriter(UringSocketChannel channel) {
        this.channel = channel;
    }

    /** Sends what is flushed in {@code queue}, unless that is being done. */
    void write(ChannelOutboundBuffer queue) {
        if (underWay != null || isFull) {
            return;
        }
        for (ByteBuf next = (ByteBuf) queue.current(); next != null; next = (ByteBuf) queue.current()) {
            if (next.isReadable()) {
                submit(next);
                return;
            }
            queue.remove();
        }
    }

    /** The channel is being closed. */
    void close() {
        if (underWay != null) {
            channel.cancel(send);
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

    private void awaitRoom() {
        isFull = true;
        UringRoom awaited = room == null ? new UringRoom(channel, ROOM_TAG) : room;
        room = awaited;
        awaited.await(this::writeOn);
    }

    private void writeOn() {
        isFull = false;
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        if (queue != null) {
            write(queue);
        }
    }

    private void submit(ByteBuf bytes) {
        underWay = bytes.retain();
        send = channel.submit(UringOps.send(
                channel.descriptor(), UringMemory.address(bytes, bytes.readerIndex()), bytes.readableBytes()));
    }

    /** What was under way has ended with {@code result}: a number of bytes, or the negative number of an error. */
    void sent(int result) {
        ByteBuf bytes = underWay;
        if (bytes != null) {
            underWay = null;
            bytes.release();
        }
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        if (queue == null || !channel.isOpen()) {
            return;
        }
        if (UringOps.isFull(result)) {
            awaitRoom();
        } else if (result < 0) {
            channel.writeFailed(Errors.newIOException("send", result));
        } else {
            queue.removeBytes(result);
            write(queue);
        }
    }
}
