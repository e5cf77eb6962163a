package io.kubeferry.core.net;

import io.netty.channel.uring.IoUringIoOps;

/** The operations with which an io_uring waits for a socket, in Linux' numbers: Netty keeps its own to itself. Pure. */
final class UringPoll {
    /** IORING_OP_POLL_ADD. */
    static final byte OPCODE = 6;

    private static final byte ASYNC_CANCEL = 14;

    /** POLLIN. */
    static final int IN = 0x1;
    /** POLLOUT. */
    static final int OUT = 0x4;
    /** POLLERR and POLLHUP, which are reported whether they are waited for or not. */
    static final int FAILURE = 0x8 | 0x10;
    /** POLLRDHUP. */
    static final int END = 0x2000;

    private UringPoll() {}

    /** Waits once for one of {@code events} at {@code descriptor}; the completion carries {@code tag}. */
    static IoUringIoOps once(int descriptor, int events, long tag) {
        return new IoUringIoOps(
                OPCODE, (byte) 0, (short) 0, descriptor, 0L, 0L, 0, events, tag, (short) 0, (short) 0, 0, 0L);
    }

    /** Waits no longer for what was submitted as {@code id}; the completion carries {@code tag}. */
    static IoUringIoOps cancel(long id, long tag) {
        return new IoUringIoOps(ASYNC_CANCEL, (byte) 0, (short) 0, -1, 0L, id, 0, 0, tag, (short) 0, (short) 0, 0, 0L);
    }
}
