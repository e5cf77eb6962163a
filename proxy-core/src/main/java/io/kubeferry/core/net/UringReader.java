package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Errors;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of a {@link UringStream}.
 *
 * <p>The first reads wait in the kernel, with their buffers: a short connection needs no more, and nothing is left to be called
 * off when it ends. One that lasts is watched by a poll that goes on, and is read when there is something: that costs the kernel
 * less than a read that waits, which it puts into the socket's queue and takes out each time, and an idle connection holds no
 * buffer. Which one lasts shows after some reads, or somebody who keeps the time tells ({@link #lasts}).
 *
 * <p>The first read is under way before anybody wants it, so that a reset is noticed and the first bytes are there in time. What
 * nobody wants yet is held.
 *
 * <p>Threading: event loop of the stream only.
 */
final class UringReader extends StreamReader {
    /** Of the poll; the others are its watch's. */
    static final long POLL_TAG = 0;

    /** As many as a connection takes that carries a request, its answer, and an end each way. */
    private static final int READS_THAT_WAIT = 2;

    private enum State {
        /** No read is under way. */
        IDLE,
        /** Bytes are wanted, and the poll will tell of them. */
        AWAITING,
        /** The kernel has the buffer. */
        RECEIVING,
        /** There are bytes that nobody has wanted yet. */
        HOLDING_BYTES,
        /** The input has ended, which nobody has wanted to know yet. */
        HOLDING_END,
        /** Nothing more will come. */
        ENDED
    }

    private final UringStream stream;
    private final ReadSize size = new ReadSize();
    private State state = State.IDLE;
    private boolean isSocketEmpty;
    /** Whether the poll has told of something that no read has met yet. */
    private boolean isTold;
    /** Whether reading is somebody else's until it is wanted again. */
    private boolean isCalledOff;

    private int reads;
    private long read = UringOps.NONE;
    private long poll = UringOps.NONE;
    /** Null unless a read is under way or its bytes are held. */
    private @Nullable ByteBuf buffer;

    /** Null unless somebody waits for the read to end. */
    private @Nullable Runnable onNoRead;

    UringReader(UringStream stream) {
        this.stream = stream;
    }

    /** Begins to read, although nobody wants it yet. Called first, if at all. */
    void readAhead() {
        receive();
    }

    @Override
    void readOn() {
        isCalledOff = false;
        switch (state) {
            case IDLE -> receiveOrAwait();
            case HOLDING_BYTES -> {
                passOnBytes();
                goOn();
            }
            case HOLDING_END -> passOnEnd();
            case AWAITING, RECEIVING, ENDED -> {}
        }
    }

    @Override
    void paused() {
        if (state == State.AWAITING) {
            state = State.IDLE;
        }
    }

    /** The connection has been there for a while: a read that still waits gives its buffer back, and the poll takes its place. */
    void lasts() {
        reads = Math.max(reads, READS_THAT_WAIT);
        if (state == State.RECEIVING && isWanted()) {
            stream.cancel(read);
        }
    }

    /** The next read waits at once, since there is nothing to be read yet. */
    void expectNothing() {
        isSocketEmpty = true;
    }

    @Override
    boolean hasEnded() {
        return state == State.ENDED;
    }

    /**
     * Passes on whatever is there, or comes while the read that is under way is called off, and then calls {@code ended}.
     * Nothing is read after that until it is wanted again, whatever the poll still tells.
     */
    void end(Runnable ended) {
        stream.cancel(poll);
        if (state == State.RECEIVING) {
            isCalledOff = true;
            onNoRead = ended;
            stream.cancel(read);
            return;
        }
        wantNoMore();
        if (state == State.HOLDING_BYTES) {
            passOnBytes();
        } else if (state == State.HOLDING_END) {
            passOnEnd();
        }
        isCalledOff = true;
        if (stream.isOpen()) {
            ended.run();
        }
    }

    /** The stream is being closed. */
    void close() {
        onNoRead = null;
        stream.cancel(poll);
        if (state == State.RECEIVING) {
            // The kernel has the buffer until it says so.
            stream.cancel(read);
        } else {
            releaseBuffer();
            state = State.ENDED;
        }
    }

    private void receiveOrAwait() {
        if (isTold || reads < READS_THAT_WAIT) {
            receive();
        } else {
            state = State.AWAITING;
            if (poll == UringOps.NONE) {
                awaitInput();
            }
        }
    }

    private void awaitInput() {
        poll = stream.submit(UringOps.pollOn(stream.descriptorNumber(), UringOps.IN | UringOps.END, POLL_TAG));
    }

    /** The poll tells that {@code happened} has, or that it has ended, with the negative number of an error. */
    void polled(int happened, int flags) {
        if (!UringOps.goesOn(flags)) {
            poll = UringOps.NONE;
        }
        if (!stream.isOpen()) {
            return;
        }
        if (happened >= 0) {
            isTold = true;
            isSocketEmpty = false;
            boolean hasFailed = (happened & UringOps.ERROR) != 0;
            if (state == State.AWAITING || (state == State.IDLE && hasFailed && !isCalledOff)) {
                receive();
            }
        } else if (!UringOps.isCancelled(happened)) {
            fail(happened);
        } else if (state == State.AWAITING) {
            // Wanted again since.
            awaitInput();
        }
    }

    private void receive() {
        isTold = false;
        ByteBuf empty = stream.allocator().directBuffer(size.next());
        buffer = empty;
        state = State.RECEIVING;
        read = stream.submit(UringOps.receive(
                stream.descriptorNumber(),
                DirectMemory.address(empty, empty.writerIndex()),
                empty.writableBytes(),
                isSocketEmpty));
    }

    /** The read that was under way has ended with {@code result}: a number of bytes, or the negative number of an error. */
    void received(int result, int flags) {
        read = UringOps.NONE;
        reads++;
        if (!stream.isOpen()) {
            releaseBuffer();
            state = State.ENDED;
            return;
        }
        Runnable waiting = onNoRead;
        onNoRead = null;
        boolean isWantedNow = isWanted() || waiting != null;
        if (result > 0) {
            bytesReceived(result);
            isSocketEmpty = !UringOps.hasMoreInput(flags);
            isTold |= !isSocketEmpty;
            state = State.HOLDING_BYTES;
            if (isWantedNow) {
                passOnBytes();
            }
        } else {
            releaseBuffer();
            if (result == 0) {
                state = State.HOLDING_END;
                if (isWantedNow) {
                    passOnEnd();
                }
            } else if (UringOps.isTransient(result)) {
                state = State.IDLE;
            } else {
                fail(result);
            }
        }
        if (waiting != null && stream.isOpen()) {
            waiting.run();
        }
        goOn();
    }

    /** Reads on, unless whoever heard of the last read wants no more, or has seen to that already. */
    private void goOn() {
        if (isWanted() && state == State.IDLE && stream.isOpen()) {
            receiveOrAwait();
        }
    }

    private void bytesReceived(int bytes) {
        ByteBuf filled = Objects.requireNonNull(buffer, "bytes without a read");
        size.hasRead(bytes);
        filled.writerIndex(filled.writerIndex() + bytes);
    }

    private void passOnBytes() {
        ByteBuf bytes = Objects.requireNonNull(buffer, "bytes that are held nowhere");
        buffer = null;
        state = State.IDLE;
        stream.listener().read(bytes);
        if (stream.isOpen()) {
            stream.listener().readComplete();
        }
    }

    private void passOnEnd() {
        state = State.ENDED;
        stream.listener().inputEnded();
    }

    private void fail(int error) {
        state = State.ENDED;
        stream.failed(Errors.newIOException("recv", error));
    }

    private void releaseBuffer() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }
}
