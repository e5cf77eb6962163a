package io.kubeferry.core.net;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The pipes of one event loop. One is lent for as long as bytes are in it: a direction that waits for input has none, so
 * those are few even where many connections are busy.
 *
 * <p>Threading: confined to that loop, but for {@link #close}.
 */
public final class PipePool {
    /** How many are kept open for the next who asks. */
    private static final int MAX_IDLE_PIPES = 8;

    private final Splicing splicing;
    private final int maxPipes;
    private final Deque<KernelPipe> idle = new ArrayDeque<>(MAX_IDLE_PIPES);
    private int lent;

    /** An empty one, that lends at most {@code maxPipes} at a time, of two descriptors each. */
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
        if (!canLend()) {
            return Optional.empty();
        }
        KernelPipe pipe = idle.pollLast();
        if (pipe == null) {
            try {
                pipe = KernelPipe.open();
            } catch (IOException noDescriptor) {
                return Optional.empty();
            }
        }
        lent++;
        return Optional.of(pipe);
    }

    /** Takes a pipe back, and closes it if it is not empty or one too many. */
    public void giveBack(KernelPipe pipe) {
        lent--;
        if (pipe.isEmpty() && idle.size() < Math.min(MAX_IDLE_PIPES, maxPipes)) {
            idle.addLast(pipe);
        } else {
            pipe.close();
        }
    }

    /** Lends no more, nor do other pools, because the kernel does not do what a pipe is needed for. */
    public void refuse(IOException cause) {
        splicing.refuse(cause);
    }

    /** Closes the idle pipes. On the event loop, or when it has ended. */
    public void close() {
        idle.forEach(KernelPipe::close);
        idle.clear();
    }
}
