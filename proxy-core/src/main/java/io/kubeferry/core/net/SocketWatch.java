package io.kubeferry.core.net;

/**
 * Waits for the socket of a stream beside the stream itself, so that bytes can be moved past it while it stays registered,
 * writes, and closes as ever. {@link EventLoops#watch} has them.
 *
 * <p>It needs no descriptor of its own: the socket is waited for where its stream is registered already.
 *
 * <p>Threading: event loop of the stream only.
 */
public interface SocketWatch {
    /**
     * Takes reading away from the stream, which must not be reading at the moment. From now on it hears neither of input, nor
     * of its end, nor of a reset: {@code onTrouble} does, if the socket fails while nobody waits for its input.
     *
     * @return false if the stream has been told of its input's end already and may read at any time: nothing is taken then
     */
    boolean takeReading(Runnable onTrouble);

    /**
     * Calls {@code ended} when no read of the stream, which is not to read any more, is under way; what such a read brings the
     * stream passes on before. Never calls it if the stream is closed first.
     */
    void endReads(Runnable ended);

    /** Lets the stream read again, and tells it what it has missed. */
    void giveReadingBack();

    /** Runs {@code action} once when there is input, or its end, or a failure to be read. Needs {@link #takeReading}. */
    void awaitReadable(Runnable action);

    /** Runs {@code action} once when there is room for output, or a failure to be met by writing. */
    void awaitWritable(Runnable action);

    /** Stops waiting. Called before the stream is closed, or as soon as it is known to be. */
    void close();
}
