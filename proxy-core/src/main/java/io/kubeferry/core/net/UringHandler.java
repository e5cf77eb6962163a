package io.kubeferry.core.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoHandle;
import java.util.function.BiFunction;

/**
 * Netty's handler of an io_uring, with its sockets wrapped, and with room between those of listeners.
 *
 * <p>Netty 4.2.18 numbers what is registered one by one, and finds it by its number in a hash table with linear probing and no
 * hashing to speak of: the numbers of thousands of listeners, which all begin at the start, are one long run of places. Whenever
 * the numbers of connections, which come and go, have gone round the table to that run, each look-up walks through it. With
 * 10,000 listeners a short connection cost a third more CPU time. So each listener leaves the next number unused.
 *
 * <p>Threading: as {@link IoHandler}.
 */
final class UringHandler extends WatchableIoHandler {
    private final IoHandler uring;

    UringHandler(IoHandler uring, BiFunction<IoHandle, WatchableIoHandler, WatchableSocket> sockets) {
        super(uring, sockets);
        this.uring = uring;
    }

    @Override
    void lastingRegistered() {
        try {
            uring.register(new Nothing()).cancel();
        } catch (Exception closing) {
            // No more listeners then.
        }
    }

    /** Takes a number and gives it back. */
    private static final class Nothing implements IoUringIoHandle {
        @Override
        public void handle(IoRegistration registration, IoEvent event) {}

        @Override
        public void close() {}
    }
}
