package io.kubeferry.core.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Netty's io_uring handler, but a peer that has sent its FIN is written to for as long as it reads.
 *
 * <p>A poll of io_uring ends when the peer has hung up, whatever it waits for (IO_POLL_UNMASK in io_uring/poll.c). Netty
 * 4.2.18 looks at what is reported alone: when a poll for room to write ends so, it takes that for the FIN it knows
 * already, and waits for room ever after. That is the fate of an upload that is held back while the endpoint sends its FIN.
 *
 * <p>So the first hang-up is told as it is, and each later one as room to write: Netty then tries, and waits again if there
 * is none. Since the next poll ends at once too, it is told a little later.
 *
 * <p>Threading: as {@link IoHandler}.
 */
final class WritableUring extends ForwardingIoHandler {
    private static final long RETRY_MILLIS = 10;

    private final Executor later;

    private WritableUring(IoHandler uring, Executor later) {
        super(uring);
        this.later = later;
    }

    static IoHandlerFactory newFactory() {
        return factory(IoUringIoHandler.newFactory(), (uring, executor) -> new WritableUring(uring, after(executor)));
    }

    private static Executor after(ThreadAwareExecutor executor) {
        return executor instanceof ScheduledExecutorService loop
                ? task -> {
                    var _ = loop.schedule(task, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                }
                : executor;
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return super.register(handle instanceof IoUringIoHandle uring ? new Handle(uring, later) : handle);
    }

    /** What Netty's channel hears. */
    @SuppressWarnings("try") // Netty's signature of close.
    static final class Handle implements IoUringIoHandle {
        /** IORING_OP_POLL_ADD and poll(2)'s events, for all architectures. */
        static final byte POLL_ADD = 6;

        static final int POLLOUT = 0x4;
        static final int POLLRDHUP = 0x2000;

        private final IoUringIoHandle channel;
        private final Executor later;
        private boolean hungUp;

        Handle(IoUringIoHandle channel, Executor later) {
            this.channel = channel;
            this.later = later;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            if (event instanceof IoUringIoEvent completion
                    && completion.opcode() == POLL_ADD
                    && completion.res() == POLLRDHUP) {
                if (hungUp) {
                    IoUringIoEvent room =
                            new IoUringIoEvent(POLLOUT, completion.flags(), POLL_ADD, completion.userData());
                    later.execute(() -> channel.handle(registration, room));
                    return;
                }
                hungUp = true;
            }
            channel.handle(registration, event);
        }

        @Override
        public void registered() {
            channel.registered();
        }

        @Override
        public void unregistered() {
            channel.unregistered();
        }

        @Override
        public void close() throws Exception {
            channel.close();
        }
    }
}
