package io.kubeferry.core.observe;

/** Monotonic time, injected so that tests can turn the clock. Thread-safe. */
@FunctionalInterface
public interface Ticker {
    /** Nanoseconds since some fixed moment; only differences mean something. */
    long nanos();

    /** The system's monotonic clock. */
    static Ticker system() {
        return System::nanoTime;
    }
}
