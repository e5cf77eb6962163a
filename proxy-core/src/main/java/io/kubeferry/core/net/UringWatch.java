package io.kubeferry.core.net;

import org.jspecify.annotations.Nullable;

/**
 * Waits for a socket with polls beside those of its stream, on the same ring. The bytes are moved by system calls after that
 * and not by IORING_OP_SPLICE, which the kernel always hands to a thread of its own.
 *
 * <p>Threading: event loop only.
 */
final class UringWatch implements SocketWatch {
    private static final long READABLE = 1;
    private static final long WRITABLE = 2;
    private static final long FAILED = 3;
    private static final int NOTHING = 0;

    private final UringStream stream;
    private final UringRoom room;
    /** Null while input is not waited for. */
    private @Nullable Runnable onReadable;

    /** Null while the stream reads. */
    private @Nullable Runnable onTrouble;

    private long readablePoll = UringOps.NONE;
    private long failedPoll = UringOps.NONE;

    UringWatch(UringStream stream) {
        this.stream = stream;
        this.room = new UringRoom(stream, WRITABLE);
    }

    @Override
    public boolean takeReading(Runnable trouble) {
        if (stream.isInputEnded()) {
            return false;
        }
        onTrouble = trouble;
        if (failedPoll == UringOps.NONE) {
            awaitFailure();
        }
        return true;
    }

    /**
     * Failures are reported whatever is waited for. So is a FIN, and then this has been in vain: a reset behind that comes to
     * light when it is asked for.
     */
    private void awaitFailure() {
        failedPoll = stream.submit(UringOps.poll(stream.descriptorNumber(), NOTHING, FAILED));
    }

    @Override
    public void endReads(Runnable ended) {
        stream.endReads(ended);
    }

    @Override
    public void giveReadingBack() {
        onReadable = null;
        onTrouble = null;
        stream.cancel(readablePoll);
        stream.cancel(failedPoll);
    }

    @Override
    public void awaitReadable(Runnable action) {
        onReadable = action;
        if (readablePoll == UringOps.NONE && stream.isOpen()) {
            readablePoll =
                    stream.submit(UringOps.poll(stream.descriptorNumber(), UringOps.IN | UringOps.END, READABLE));
        }
    }

    @Override
    public void awaitWritable(Runnable action) {
        room.await(action);
    }

    /** The poll with {@code tag} has told what {@code happened}, or has ended with the negative number of an error. */
    void polled(long tag, int happened) {
        boolean isCancelled = UringOps.isCancelled(happened);
        if (tag == FAILED) {
            failedPoll = UringOps.NONE;
            Runnable trouble = onTrouble;
            if (trouble != null && isCancelled) {
                awaitFailure();
            } else if (trouble != null && onReadable == null) {
                trouble.run();
            }
        } else if (tag == READABLE) {
            readablePoll = UringOps.NONE;
            Runnable action = onReadable;
            if (action != null && isCancelled) {
                // Asked for again before the cancellation came through.
                awaitReadable(action);
            } else if (action != null) {
                onReadable = null;
                action.run();
            }
        } else if (tag == WRITABLE) {
            room.polled(happened);
        }
    }

    @Override
    public void close() {
        onReadable = null;
        onTrouble = null;
        stream.cancel(readablePoll);
        room.close();
        stream.cancel(failedPoll);
    }
}
