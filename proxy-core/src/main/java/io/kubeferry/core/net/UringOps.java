package io.kubeferry.core.net;

import io.netty.channel.uring.IoUringIoOps;

/**
 * What an io_uring is asked to do, in Linux' numbers ({@code io_uring.h}, {@code poll.h}): Netty keeps its own to itself. Pure.
 *
 * <p>Of each operation and tag a socket has one under way at most, so both together tell completions apart.
 */
final class UringOps {
    /** IORING_OP_POLL_ADD. */
    static final byte POLL = 6;
    /** IORING_OP_TIMEOUT. */
    static final byte TIMEOUT = 11;
    /** IORING_OP_ACCEPT. */
    static final byte ACCEPT = 13;
    /** IORING_OP_CONNECT. */
    static final byte CONNECT = 16;
    /** IORING_OP_SEND. */
    static final byte SEND = 26;
    /** IORING_OP_RECV. */
    static final byte RECEIVE = 27;

    private static final byte TIMEOUT_REMOVE = 12;
    private static final byte CANCEL = 14;
    private static final byte CLOSE = 19;

    /** POLLIN. */
    static final int IN = 0x1;
    /** POLLOUT. */
    static final int OUT = 0x4;
    /** POLLERR, which is reported whether it is waited for or not. */
    static final int ERROR = 0x8;
    /** POLLRDHUP. */
    static final int END = 0x2000;

    /** No operation's id. */
    static final long NONE = 0;

    /** IORING_ACCEPT_MULTISHOT and IORING_RECVSEND_POLL_FIRST. */
    private static final short MULTISHOT = 1;

    private static final short WAIT_FIRST = 1;
    /** IORING_POLL_ADD_MULTI. */
    private static final int GO_ON = 1;
    /** IORING_TIMEOUT_UPDATE. */
    private static final int UPDATE = 1 << 1;
    /** SOCK_NONBLOCK and SOCK_CLOEXEC. */
    private static final int ACCEPTED_FLAGS = 0x800 | 0x80000;

    /** MSG_DONTWAIT. */
    private static final int DO_NOT_WAIT = 0x40;

    private static final int CANCELLED = -125;
    private static final int AGAIN = -11;
    private static final int INTERRUPTED = -4;

    private static final int MORE_COMPLETIONS = 1 << 1;
    private static final int MORE_INPUT = 1 << 2;
    private static final long NO_TAG = 0;
    private static final short NO_PRIORITY = 0;
    private static final int NO_DESCRIPTOR = -1;

    private UringOps() {}

    /** Waits once for one of {@code events}; the completion carries {@code tag}. */
    static IoUringIoOps poll(int descriptor, int events, long tag) {
        return poll(descriptor, 0, events, tag);
    }

    /** Waits for {@code events} until it is called off; each completion carries {@code tag}. */
    static IoUringIoOps pollOn(int descriptor, int events, long tag) {
        return poll(descriptor, GO_ON, events, tag);
    }

    /** Accepts all connections that come, until it is called off. */
    static IoUringIoOps accept(int descriptor) {
        return of(ACCEPT, MULTISHOT, descriptor, 0, 0, 0, ACCEPTED_FLAGS);
    }

    /** Connects to the {@code struct sockaddr} at {@code address}, which is read when the ring is entered. */
    static IoUringIoOps connect(int descriptor, long address, int length) {
        return of(CONNECT, NO_PRIORITY, descriptor, length, address, 0, 0);
    }

    /** Receives into memory; with {@code isEmpty} it spares the kernel a look that would be in vain. */
    static IoUringIoOps receive(int descriptor, long memory, int length, boolean isEmpty) {
        return of(RECEIVE, isEmpty ? WAIT_FIRST : NO_PRIORITY, descriptor, 0, memory, length, 0);
    }

    /** Sends from memory, as much as there is room for at once. */
    static IoUringIoOps send(int descriptor, long memory, int length) {
        return of(SEND, NO_PRIORITY, descriptor, 0, memory, length, DO_NOT_WAIT);
    }

    /** Ends after the {@code struct __kernel_timespec} at {@code time}, which is read when the ring is entered. */
    static IoUringIoOps timeout(long time) {
        int times = 1;
        return of(TIMEOUT, NO_PRIORITY, NO_DESCRIPTOR, 0, time, times, 0);
    }

    /** Has the time-out that was submitted as {@code id} end at another {@code time} from now, if it has not ended. */
    static IoUringIoOps moveTimeout(long id, long time) {
        return of(TIMEOUT_REMOVE, NO_PRIORITY, NO_DESCRIPTOR, time, id, 0, UPDATE);
    }

    /** Waits no longer for what was submitted as {@code id}. */
    static IoUringIoOps cancel(long id) {
        return of(CANCEL, NO_PRIORITY, NO_DESCRIPTOR, 0, id, 0, 0);
    }

    /** Closes the descriptor, after all that was submitted before has begun. */
    static IoUringIoOps close(int descriptor) {
        return of(CLOSE, NO_PRIORITY, descriptor, 0, 0, 0, 0);
    }

    /** Whether the operation may be tried again: it was called off, or it ended for no reason of the connection's. */
    static boolean isTransient(int result) {
        return result == CANCELLED || result == AGAIN || result == INTERRUPTED;
    }

    /** Whether a send ended for want of room. */
    static boolean isFull(int result) {
        return result == AGAIN;
    }

    /** Whether the operation was called off. */
    static boolean isCancelled(int result) {
        return result == CANCELLED;
    }

    /** Whether the operation goes on after the completion with these {@code flags}. */
    static boolean goesOn(int flags) {
        return (flags & MORE_COMPLETIONS) != 0;
    }

    /** Whether there was more input than was received, as far as the kernel tells. */
    static boolean hasMoreInput(int flags) {
        return (flags & MORE_INPUT) != 0;
    }

    private static IoUringIoOps poll(int descriptor, int how, int events, long tag) {
        return new IoUringIoOps(
                POLL, (byte) 0, NO_PRIORITY, descriptor, 0L, 0L, how, events, tag, (short) 0, (short) 0, 0, 0L);
    }

    private static IoUringIoOps of(
            byte opcode, short priority, int descriptor, long offset, long address, int length, int flags) {
        return new IoUringIoOps(
                opcode,
                (byte) 0,
                priority,
                descriptor,
                offset,
                address,
                length,
                flags,
                NO_TAG,
                (short) 0,
                (short) 0,
                0,
                0L);
    }
}
