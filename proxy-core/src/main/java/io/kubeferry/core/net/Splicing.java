package io.kubeferry.core.net;

import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this process splices: it gets ready when the first bulk comes, on a thread of its own, and stops for good where the
 * kernel or a seccomp filter does not allow it.
 *
 * <pre>
 *   UNTRIED ── asked ──► PREPARING ──► READY ── refused ──► REFUSED
 *                            └──────────────────────────────► ▲
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class Splicing {
    private enum State {
        UNTRIED,
        PREPARING,
        READY,
        REFUSED
    }

    private static final Logger LOG = LoggerFactory.getLogger(Splicing.class);

    private final AtomicReference<State> state = new AtomicReference<>(State.UNTRIED);

    /** Whether pipes can be had now. Asking for the first time begins to prepare. */
    boolean isReady() {
        State now = state.get();
        if (now == State.UNTRIED && state.compareAndSet(State.UNTRIED, State.PREPARING)) {
            Thread _ = Thread.ofPlatform().daemon().name("kubeferry-splice").start(this::prepare);
        }
        return now == State.READY;
    }

    /** Prepares, and returns when that is done. */
    public void prepare() {
        try {
            Fcntl.prepare();
            state.set(State.READY);
        } catch (LinkageError | IllegalCallerException noNativeAccess) {
            refuse(noNativeAccess);
        }
    }

    /** Splices no more. */
    void refuse(Throwable cause) {
        if (state.getAndSet(State.REFUSED) != State.REFUSED) {
            LOG.warn(
                    "bulk is not spliced here but copied, which takes more CPU time: cause=\"{}\"",
                    String.valueOf(cause));
        }
    }
}
