package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;

/**
 * The operation by which a {@link UringStream} connects.
 *
 * <p>Threading: event loop of the stream only.
 */
final class UringConnect {
    private final UringStream stream;
    private final DialAttempt attempt;
    /** The kernel reads it when the ring is entered. */
    private final ByteBuf address;

    private long connect = UringOps.NONE;

    UringConnect(UringStream stream, DialAttempt attempt) {
        this.stream = stream;
        this.attempt = attempt;
        this.address = stream.allocator().directBuffer(TcpDescriptor.MAX_ADDRESS_BYTES);
    }

    void start() {
        TcpDescriptor.encode(attempt.remote(), address);
        connect = stream.submit(
                UringOps.connect(stream.descriptorNumber(), DirectMemory.address(address, 0), address.readableBytes()));
    }

    /** The stream is being closed. */
    void close() {
        attempt.cancel();
        stream.cancel(connect);
    }

    /** It has ended with {@code result}: 0, or the negative number of an error. */
    void ended(int result) {
        address.release();
        attempt.ended(result);
    }
}
