package io.kubeferry.core.relay;

/**
 * Decides whether a direction is worth splicing, by the sizes in which its bytes come.
 *
 * <p>Splice saves two copies of every byte and costs two system calls and a wait of its own for every piece, so it pays for
 * large pieces and costs more for small ones. It begins after a run of large reads and ends after a run of small pieces; one
 * small one, like the header of the next answer or the rest of the last, ends nothing.
 *
 * <p>Threading: event loop of the relay only.
 */
final class BulkMeter {
    /**
     * What is much and what is little. Immutable.
     *
     * @param largeReadBytes a read of at least so many bytes is large
     * @param bulkBytes so many bytes in large reads one after the other are bulk
     * @param smallPieceBytes a piece of fewer bytes is small
     * @param smallPieces so many small pieces one after the other are no bulk
     */
    record Limits(int largeReadBytes, int bulkBytes, int smallPieceBytes, int smallPieces) {
        static final Limits USUAL = new Limits(16 * 1024, 128 * 1024, 8 * 1024, 8);
    }

    private final Limits limits;
    private long bytesInLargeReads;
    private int smallPieces;

    BulkMeter(Limits limits) {
        this.limits = limits;
    }

    /** Whether the direction has become bulk with {@code bytes} that were read into buffers at once. */
    boolean isBulkAfterRead(long bytes) {
        bytesInLargeReads = bytes < limits.largeReadBytes() ? 0 : bytesInLargeReads + bytes;
        if (bytesInLargeReads < limits.bulkBytes()) {
            return false;
        }
        smallPieces = 0;
        return true;
    }

    /** Whether the direction is bulk still, with {@code bytes} that were spliced at once. */
    boolean isBulkAfterPiece(int bytes) {
        smallPieces = bytes < limits.smallPieceBytes() ? smallPieces + 1 : 0;
        if (smallPieces < limits.smallPieces()) {
            return true;
        }
        bytesInLargeReads = 0;
        return false;
    }

    /** The direction has been handed back for another reason. */
    void reset() {
        bytesInLargeReads = 0;
    }
}
