package io.kubeferry.core.net;

import org.jspecify.annotations.Nullable;

/**
 * Waits for a socket beside its stream, in the same entry of the epoll set. Changes that nobody waited for are lost, so whoever
 * waits has epoll look at the socket once more, which costs a system call for each wait.
 *
 * <p>Threading: event loop only.
 */
final class EpollWatch implements SocketWatch {
    private final EpollStream stream;
    private final EpollReader reader;
    /** Null while the stream reads. */
    private @Nullable Runnable onTrouble;

    /** Null while input is not waited for. */
    private @Nullable Runnable onReadable;

    /** Null while room is not waited for. */
    private @Nullable Runnable onWritable;

    EpollWatch(EpollStream stream, EpollReader reader) {
        this.stream = stream;
        this.reader = reader;
    }

    @Override
    public boolean takeReading(Runnable trouble) {
        if (reader.hasEnded()) {
            return false;
        }
        onTrouble = trouble;
        reader.take();
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
        reader.giveBack();
        stream.lookAgain();
    }

    @Override
    public void awaitReadable(Runnable action) {
        onReadable = action;
        stream.lookAgain();
    }

    @Override
    public void awaitWritable(Runnable action) {
        onWritable = action;
        stream.awaitRoom();
    }

    /** There is something to be read, as epoll's {@code events} say, and the stream does not. */
    void readable(int events) {
        Runnable readable = onReadable;
        Runnable trouble = onTrouble;
        if (readable != null) {
            onReadable = null;
            readable.run();
        } else if (trouble != null && EpollEvents.isFailure(events)) {
            trouble.run();
        }
    }

    /** There is room, or a failure to be met. */
    void writable() {
        Runnable writable = onWritable;
        if (writable != null) {
            onWritable = null;
            writable.run();
        }
    }

    @Override
    public void close() {
        onReadable = null;
        onWritable = null;
        onTrouble = null;
    }
}
