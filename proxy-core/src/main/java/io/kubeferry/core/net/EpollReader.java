package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import java.io.IOException;

/**
 * The reading side of an {@link EpollStream}: whenever the socket has something, and somebody wants it, it is read until the
 * socket is empty, since epoll tells of changes only.
 *
 * <p>A read that leaves room in its buffer has emptied the socket (epoll(7)), unless there is an end behind: that spares a
 * short connection, and each request, the read that would find nothing. Memory is borrowed for the time of a read, so a silent
 * connection holds none.
 *
 * <p>Threading: event loop of the stream only.
 */
final class EpollReader extends StreamReader {
    /** Then others on the loop have their turn. */
    private static final int READS_PER_TURN = 4;

    private final EpollStream stream;
    private final ReadSize size = new ReadSize();
    /** Whether somebody else reads. */
    private boolean isTaken;
    /** Whether the socket has had something since it was last found empty. */
    private boolean isReadable;
    /** Whether it is empty only when a read finds nothing at all. */
    private boolean hasMoreBehind;

    private boolean hasEnded;
    private boolean isReading;

    EpollReader(EpollStream stream) {
        this.stream = stream;
    }

    @Override
    void paused() {}

    @Override
    boolean hasEnded() {
        return hasEnded;
    }

    /** Somebody else reads from now on. */
    void take() {
        isTaken = true;
    }

    /** Whether somebody else reads. */
    boolean isTaken() {
        return isTaken;
    }

    /** Nobody else reads any more; epoll has to tell again what is there. */
    void giveBack() {
        isTaken = false;
        isReadable = false;
        hasMoreBehind = false;
    }

    /** There is something to be read, as epoll's {@code events} say. */
    void told(int events) {
        isReadable = true;
        hasMoreBehind |= EpollEvents.hasMoreBehind(events);
        if (EpollEvents.isFailure(events) && !canRead()) {
            stream.tellFailure();
        } else {
            readOn();
        }
    }

    private boolean canRead() {
        return isWanted() && isReadable && !isTaken && !hasEnded && stream.isOpen();
    }

    @Override
    void readOn() {
        if (isReading) {
            // Whoever hears of a read wants more: it is read on after that.
            return;
        }
        isReading = true;
        try {
            for (int reads = 0; canRead(); reads++) {
                if (reads == READS_PER_TURN) {
                    stream.eventLoop().execute(this::readOn);
                    return;
                }
                read();
            }
        } finally {
            isReading = false;
        }
    }

    private void read() {
        ByteBuf buffer = stream.allocator().directBuffer(size.next());
        int bytes;
        try {
            bytes = stream.receive(buffer);
        } catch (IOException failure) {
            buffer.release();
            hasEnded = true;
            stream.failed(failure);
            return;
        }
        if (bytes > 0) {
            isReadable = hasMoreBehind || !buffer.isWritable();
            size.hasRead(bytes);
            stream.listener().read(buffer);
            if (stream.isOpen()) {
                stream.listener().readComplete();
            }
            return;
        }
        buffer.release();
        isReadable = false;
        hasMoreBehind = false;
        if (bytes < 0) {
            hasEnded = true;
            stream.listener().inputEnded();
        }
    }
}
