package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoHandlerContext;
import io.netty.channel.uring.IoUringIoEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UringAlarmTest {
    private static final long NOTHING_SCHEDULED = -1;

    private final UringAlarm alarm = new UringAlarm();
    private final FakeIoRegistration ring = new FakeIoRegistration(alarm);

    @BeforeEach
    void register() {
        alarm.registeredWith(ring);
    }

    @Test
    void thereIsNoneWhileNothingIsScheduled() {
        waitUntil(NOTHING_SCHEDULED);

        assertThat(ring.submitted()).isEmpty();
    }

    @Test
    void oneIsEnoughForManyWaits() {
        waitUntil(100);
        waitUntil(100);
        waitUntil(NOTHING_SCHEDULED);
        waitUntil(200);

        assertThat(ring.submitted()).hasSize(1);
    }

    @Test
    void itIsMovedForWhatIsDueEarlier() {
        waitUntil(100);
        waitUntil(50);
        waitUntil(50);
        waitUntil(80);

        assertThat(ring.submitted()).hasSize(2);
    }

    @Test
    void itIsSetAgainWhenItHasGoneOff() {
        waitUntil(100);
        goOff();
        waitUntil(200);
        waitUntil(200);

        assertThat(ring.submitted()).hasSize(2);
    }

    @Test
    void thatAMoveHasEndedIsNoAlarm() {
        waitUntil(100);
        waitUntil(50);
        byte moved = 12;
        alarm.handle(ring, new IoUringIoEvent(0, 0, moved, 0L));
        waitUntil(50);

        assertThat(ring.submitted()).hasSize(2);
    }

    @Test
    void nettyWaitsForNothingByItself() {
        assertThat(alarm.takeOver(new Schedule(100)).deadlineNanos()).isEqualTo(NOTHING_SCHEDULED);
    }

    @Test
    void whenItsLoopEndsItIsCalledOffAndNettyWaitsByItself() {
        waitUntil(100);
        alarm.close();
        Schedule schedule = new Schedule(50);

        assertThat(alarm.takeOver(schedule)).isSameAs(schedule);
        assertThat(ring.submitted()).as("set and called off").hasSize(2);
    }

    private void waitUntil(long deadlineNanos) {
        IoHandlerContext _ = alarm.takeOver(new Schedule(deadlineNanos));
    }

    private void goOff() {
        int timeIsOver = -62;
        alarm.handle(ring, new IoUringIoEvent(timeIsOver, 0, UringOps.TIMEOUT, 0L));
    }

    /** Of an event loop that has one thing scheduled. */
    private record Schedule(long deadlineNanos) implements IoHandlerContext {
        @Override
        public boolean canBlock() {
            return true;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return deadlineNanos;
        }
    }
}
