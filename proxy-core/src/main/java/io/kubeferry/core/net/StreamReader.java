package io.kubeferry.core.net;

/**
 * The reading side of a {@link NativeStream}: what is there, and what comes, is passed on to the stream's listener while it is
 * wanted.
 *
 * <p>Threading: event loop of the stream only.
 */
abstract class StreamReader {
    private boolean isWanted;

    /** Passes on what is there, and what comes, from now on. */
    final void want() {
        isWanted = true;
        readOn();
    }

    /** Keeps what comes next, or leaves it in the socket. */
    final void wantNoMore() {
        isWanted = false;
        paused();
    }

    /** Whether what comes is passed on. */
    final boolean isWanted() {
        return isWanted;
    }

    /** It is wanted; it may have been all the time. */
    abstract void readOn();

    /** It is wanted no more. */
    abstract void paused();

    /** Whether the end of the input, or a failure, was passed on. */
    abstract boolean hasEnded();
}
