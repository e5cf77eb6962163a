package io.kubeferry.core.net;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for room in the send buffer of a {@link UringStream}.
 *
 * <p>A poll of an io_uring ends when the peer has sent its FIN, whatever it waits for (IO_POLL_UNMASK in io_uring/poll.c), and
 * so would a send that waits, until the kernel has a thread of its own wait for each. So a send does not wait, and where a poll
 * ends for the FIN alone, as for every client that has said all it has to say and reads a large answer slowly, room is looked
 * for every now and then.
 *
 * <p>Threading: event loop of the stream only.
 */
final class UringRoom {
    private static final long RETRY_MILLIS = 10;

    private final UringStream stream;
    private final long tag;
    private long poll = UringOps.NONE;
    private boolean isLookingLater;
    /** Null while nobody waits. */
    private @Nullable Runnable onRoom;

    /** Its polls carry {@code tag}. */
    UringRoom(UringStream stream, long tag) {
        this.stream = stream;
        this.tag = tag;
    }

    /** Runs {@code action} once when it is worth while to try to write: there is room, or a failure to be met. */
    void await(Runnable action) {
        onRoom = action;
        poll();
    }

    private void poll() {
        if (poll == UringOps.NONE && !isLookingLater && stream.isOpen()) {
            poll = stream.submit(UringOps.poll(stream.descriptorNumber(), UringOps.OUT, tag));
        }
    }

    /** The poll has told what {@code happened}, or it has ended with the negative number of an error. */
    void polled(int happened) {
        poll = UringOps.NONE;
        Runnable action = onRoom;
        if (action == null || !stream.isOpen()) {
            return;
        }
        if (happened > 0 && (happened & (UringOps.OUT | UringOps.ERROR)) == 0) {
            isLookingLater = true;
            var _ = stream.eventLoop().schedule(this::lookAgain, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        onRoom = null;
        action.run();
    }

    /** To no avail if there is none: then it is waited for again. */
    private void lookAgain() {
        isLookingLater = false;
        Runnable action = onRoom;
        if (action != null && stream.isOpen()) {
            onRoom = null;
            action.run();
        }
    }

    /** Nobody waits any more. */
    void close() {
        onRoom = null;
        stream.cancel(poll);
    }
}
