package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import java.io.IOException;

/**
 * The writing side of an {@link EpollStream}: it writes until the socket is full, and on as soon as there is room.
 *
 * <p>Threading: event loop of the stream only.
 */
final class EpollWriter extends StreamWriter {
    private final EpollStream stream;
    /** Whether the socket has taken less than it was given, since when epoll tells of room. */
    private boolean isFull;

    EpollWriter(EpollStream stream) {
        super(stream);
        this.stream = stream;
    }

    @Override
    void flush() {
        try {
            for (ByteBuf next = first(); next != null && !isFull; next = first()) {
                prepareToSend();
                int bytes = next.readableBytes();
                int sent = stream.send(next);
                isFull = sent < bytes;
                taken(sent);
            }
        } catch (IOException failure) {
            stream.failed(failure);
            return;
        }
        if (isFull) {
            stream.awaitRoom();
        }
        tellProgress();
    }

    /** There is room, or a failure to be met. */
    void writeOn() {
        if (isFull) {
            isFull = false;
            flush();
        }
    }

    @Override
    void close() {
        releaseFirst();
        releaseOthers();
    }
}
