package io.kubeferry.core.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.Buffer;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Wakes an event loop on an io_uring when something that was scheduled is due: one time-out that stays in the ring, and is only
 * moved for what is due earlier. Netty 4.2.18 asks for one whenever it waits while anything is scheduled, as always something
 * is: an operation, a timer of the kernel's and a completion for each wait.
 *
 * <p>Going off too early, for something that has been cancelled since, does no harm.
 *
 * <p>Threading: the event loop only.
 */
final class UringAlarm implements IoUringIoHandle {
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    /** Of {@code struct __kernel_timespec}: seconds and nanoseconds. */
    private static final int TIME_BYTES = 2 * Long.BYTES;

    /** The kernel reads it when the ring is entered, before it is written again. */
    private final ByteBuffer time = ByteBuffer.allocateDirect(TIME_BYTES).order(ByteOrder.nativeOrder());

    private final long timeAddress = Buffer.memoryAddress(time);
    /** Null before {@link #registeredWith} and after {@link #close}. */
    private @Nullable IoRegistration ring;

    private long timeout = UringOps.NONE;
    /** The loop's, once it has been asked for: a loop has one for as long as it lives. */
    private @Nullable WithoutDeadline quiet;

    /** When the time-out ends; of no meaning without one. */
    private long setForNanos;

    void registeredWith(IoRegistration registration) {
        ring = registration;
    }

    /** What Netty's handler may know before it waits: that nothing is due for which it would have to wake up itself. */
    IoHandlerContext takeOver(IoHandlerContext context) {
        IoRegistration open = ring;
        if (open == null) {
            return context;
        }
        long deadlineNanos = context.deadlineNanos();
        if (deadlineNanos != WithoutDeadline.NONE) {
            set(open, deadlineNanos, context.delayNanos(System.nanoTime()));
        }
        WithoutDeadline known = quiet;
        if (known == null || !known.context.equals(context)) {
            known = new WithoutDeadline(context);
            quiet = known;
        }
        return known;
    }

    private void set(IoRegistration open, long deadlineNanos, long delayNanos) {
        if (timeout == UringOps.NONE) {
            writeTime(delayNanos);
            timeout = open.submit(UringOps.timeout(timeAddress));
            setForNanos = deadlineNanos;
        } else if (deadlineNanos < setForNanos) {
            writeTime(delayNanos);
            // If it has ended meanwhile, its completion is there already, and it is set anew after that.
            long _ = open.submit(UringOps.moveTimeout(timeout, timeAddress));
            setForNanos = deadlineNanos;
        }
    }

    private void writeTime(long nanos) {
        time.putLong(0, nanos / NANOS_PER_SECOND).putLong(Long.BYTES, nanos % NANOS_PER_SECOND);
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        if (((IoUringIoEvent) event).opcode() == UringOps.TIMEOUT) {
            timeout = UringOps.NONE;
        }
    }

    /** The event loop is going to end: its handler waits for whatever is left in the ring. */
    @Override
    public void close() {
        IoRegistration open = ring;
        ring = null;
        if (open != null && timeout != UringOps.NONE) {
            long _ = open.submit(UringOps.cancel(timeout));
        }
    }

    /** The context of an event loop on which nothing is scheduled. */
    private record WithoutDeadline(IoHandlerContext context) implements IoHandlerContext {
        /** Netty's word for it. */
        static final long NONE = -1;

        @Override
        public boolean canBlock() {
            return context.canBlock();
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return context.delayNanos(currentTimeNanos);
        }

        @Override
        public long deadlineNanos() {
            return NONE;
        }

        @Override
        public void reportActiveIoTime(long activeNanos) {
            context.reportActiveIoTime(activeNanos);
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            return context.shouldReportActiveIoTime();
        }
    }
}
