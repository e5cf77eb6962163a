package io.kubeferry.core.net;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pipes of one event loop. One is lent for as long as bytes are in it: a direction that waits for input has none, so
 * those are few even where many connections are busy.
 *
 * <p>Threading: confined to that loop, but for {@link #close}.
 */
public final class PipePool {
    /** Bounds the memory that a slow sink holds. */
    private static final int USUAL_ROOM = 256 * 1024;

    /**
     * The most that the kernel allows everybody. All that a fast source has sent goes at once, which spares turns of the event
     * loop and waits.
     */
    private static final int LARGE_ROOM = 1024 * 1024;

    /** All pipes of a user come out of one allowance, of 64 large ones if nobody has changed it. */
    private static final int MAX_LARGE_PIPES = 2;

    /** How many of the usual ones are kept open for the next who asks. */
    private static final int MAX_IDLE_PIPES = 8;

    private final Splicing splicing;
    private final int maxPipes;
    private final Deque<KernelPipe> idle = new ArrayDeque<>(MAX_IDLE_PIPES);
    private final Deque<KernelPipe> idleLarge = new ArrayDeque<>(MAX_LARGE_PIPES);
    /** Lent or idle. */
    private int open;

    private int lent;
    private int lentLarge;

    /** An empty one, that has at most {@code maxPipes} open, of two descriptors each. */
    public PipePool(Splicing splicing, int maxPipes) {
        this.splicing = splicing;
        this.maxPipes = maxPipes;
    }

    /** Whether it is worth while to prepare for a pipe. */
    public boolean canLend() {
        return lent < maxPipes && splicing.isReady();
    }

    /** An empty pipe, if there is one; it comes back through {@link #giveBack}. */
    public Optional<KernelPipe> borrow() {
        return canLend() ? lend(idle, USUAL_ROOM, idleLarge) : Optional.empty();
    }

    /** As {@link #borrow}, but a large one if others have left one. */
    public Optional<KernelPipe> borrowLarge() {
        return canLend() && lentLarge < MAX_LARGE_PIPES ? lend(idleLarge, LARGE_ROOM, idle) : borrow();
    }

    private Optional<KernelPipe> lend(Deque<KernelPipe> shelf, int room, Deque<KernelPipe> otherShelf) {
        KernelPipe pipe = shelf.pollLast();
        if (pipe == null) {
            pipe = open < maxPipes ? open(room) : otherShelf.pollLast();
        }
        if (pipe != null) {
            lent++;
            lentLarge += isLarge(pipe) ? 1 : 0;
        }
        return Optional.ofNullable(pipe);
    }

    private @Nullable KernelPipe open(int room) {
        try {
            KernelPipe pipe = KernelPipe.open(room);
            open++;
            return pipe;
        } catch (IOException noDescriptor) {
            return null;
        }
    }

    /** Takes a pipe back, and closes it if it is not empty or one too many. */
    public void giveBack(KernelPipe pipe) {
        lent--;
        if (isLarge(pipe)) {
            lentLarge--;
            keep(pipe, idleLarge, MAX_LARGE_PIPES);
        } else {
            keep(pipe, idle, MAX_IDLE_PIPES);
        }
    }

    private void keep(KernelPipe pipe, Deque<KernelPipe> shelf, int max) {
        if (pipe.isEmpty() && shelf.size() < max) {
            shelf.addLast(pipe);
        } else {
            pipe.close();
            open--;
        }
    }

    private static boolean isLarge(KernelPipe pipe) {
        return pipe.room() == LARGE_ROOM;
    }

    /** Lends no more, nor do other pools, because the kernel does not do what a pipe is needed for. */
    public void refuse(IOException cause) {
        splicing.refuse(cause);
    }

    /** Closes the idle pipes. On the event loop, or when it has ended. */
    public void close() {
        for (Deque<KernelPipe> shelf : List.of(idle, idleLarge)) {
            shelf.forEach(KernelPipe::close);
            shelf.clear();
        }
    }
}
