package io.kubeferry.core.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;

/**
 * Netty's handler of an io_uring, with an alarm of its own, and room between those of listeners.
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
    private final UringAlarm alarm = new UringAlarm();

    UringHandler(IoHandler uring) {
        super(uring);
        this.uring = uring;
    }

    static IoHandlerFactory newFactory() {
        return ForwardingIoHandler.factory(IoUringIoHandler.newFactory(), (uring, _) -> new UringHandler(uring));
    }

    @Override
    public void initialize() {
        super.initialize();
        try {
            alarm.registeredWith(uring.register(alarm));
        } catch (Exception impossible) {
            throw new IllegalStateException("the ring takes nothing before its loop has begun", impossible);
        }
    }

    @Override
    public int run(IoHandlerContext context) {
        return super.run(alarm.takeOver(context));
    }

    @Override
    SocketWatch watch(TcpStream stream) {
        return ((UringStream) stream).watch();
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
