package io.kubeferry.core.net;

import io.netty.channel.ChannelPromise;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.Errors;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket on an io_uring, whose connections are {@link UringStream}s.
 *
 * <p>Closing takes a turn of the event loop: the kernel listens for as long as it is asked to accept.
 *
 * <p>Threading: as {@link io.netty.channel.Channel}.
 */
final class UringServerChannel extends NativeServerChannel {
    private long accept = UringOps.NONE;
    /** Null unless it is to be closed as soon as it does not accept any more. */
    private @Nullable Runnable onAcceptEnded;

    UringServerChannel() {
        super(IoUringIoHandle.class);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new Unsafe();
    }

    @Override
    void resumeAccepting(IoRegistration ring) {
        if (accept == UringOps.NONE && onAcceptEnded == null) {
            accept = ring.submit(UringOps.accept(fd().intValue()));
        }
    }

    @Override
    void pauseAccepting(IoRegistration ring) {
        if (accept != UringOps.NONE) {
            long _ = ring.submit(UringOps.cancel(accept));
        }
    }

    private final class Unsafe extends ListeningUnsafe implements IoUringIoHandle {
        @Override
        public void handle(IoRegistration ofThis, IoEvent ioEvent) {
            IoUringIoEvent event = (IoUringIoEvent) ioEvent;
            if (event.opcode() != UringOps.ACCEPT) {
                return;
            }
            boolean hasEnded = !UringOps.goesOn(event.flags());
            if (hasEnded) {
                accept = UringOps.NONE;
            }
            if (event.res() >= 0) {
                pipeline().fireChannelRead(UringStream.accepted(event.res(), addressOfAccepted(), alloc()));
            } else if (!UringOps.isTransient(event.res())) {
                pipeline().fireExceptionCaught(Errors.newIOException("accept", event.res()));
            }
            if (hasEnded && onAcceptEnded != null) {
                onAcceptEnded.run();
            } else if (hasEnded) {
                // Asks for the next, where accepting goes on.
                pipeline().fireChannelReadComplete();
            }
        }

        @Override
        protected void close(ChannelPromise promise, Throwable cause, ClosedChannelException closeCause) {
            if (accept == UringOps.NONE) {
                super.close(promise, cause, closeCause);
                return;
            }
            Runnable before = onAcceptEnded;
            onAcceptEnded = () -> {
                if (before != null) {
                    before.run();
                }
                super.close(promise, cause, closeCause);
            };
            if (before == null) {
                pauseAccepting();
            }
        }
    }
}
