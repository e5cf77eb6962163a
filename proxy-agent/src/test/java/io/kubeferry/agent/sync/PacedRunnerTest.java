package io.kubeferry.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacedRunnerTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Semaphore runs = new Semaphore(0);
    private final AtomicInteger failuresLeft = new AtomicInteger();
    private final PacedRunner runner = new PacedRunner("test-runner", this::work, Pacing.KUBE_PROXY, nanos::get);

    private void work() {
        runs.release();
        if (failuresLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new AssertionError("as told");
        }
    }

    @AfterEach
    void close() {
        runner.close();
    }

    @Test
    void aBurstBecomesTwoRunsAMinimumIntervalApart() {
        runner.start();
        runner.request();
        awaitRun();
        for (int i = 0; i < 100; i++) {
            runner.request();
        }
        assertNoRunBefore(Duration.ofSeconds(1));
        awaitRun();
        assertNoRunBefore(Duration.ofHours(1));
    }

    @Test
    void aRunComesWithoutRequestAfterTheLongestInterval() {
        runner.start();
        turnClock(Duration.ofHours(1));
        awaitRun();
    }

    @Test
    void anErrorEndsNeitherTheThreadNorTheRetries() {
        failuresLeft.set(2);
        runner.start();
        runner.request();
        awaitRun();
        assertNoRunBefore(Duration.ofSeconds(30));
        awaitRun();
        assertNoRunBefore(Duration.ofSeconds(30));
        awaitRun();
        runner.request();
        turnClock(Duration.ofSeconds(1));
        awaitRun();
    }

    @Test
    void noRunStartsAfterClose() {
        runner.start();
        runner.close();
        runner.request();
        turnClock(Duration.ofHours(2));
        assertThat(runs.availablePermits()).isZero();
    }

    @Test
    void closeWaitsForTheRunUnderWay() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        AtomicInteger finished = new AtomicInteger();
        PacedRunner slow = new PacedRunner(
                "slow-runner",
                () -> {
                    started.countDown();
                    finish.await();
                    finished.incrementAndGet();
                },
                Pacing.KUBE_PROXY,
                nanos::get);
        slow.start();
        slow.request();
        started.await();
        Thread closer = Thread.ofPlatform().start(slow::close);
        finish.countDown();
        closer.join();
        assertThat(finished).hasValue(1);
    }

    private void awaitRun() {
        try {
            assertThat(runs.tryAcquire(30, TimeUnit.SECONDS)).as("a run came").isTrue();
            awaitIdle();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Turns the clock to just before {@code interval} after the last run, then to it. */
    private void assertNoRunBefore(Duration interval) {
        turnClock(interval.minusNanos(1));
        awaitIdle();
        assertThat(runs.availablePermits()).isZero();
        turnClock(Duration.ofNanos(1));
    }

    private void awaitIdle() {
        while (!runner.isWaiting()) {
            Thread.onSpinWait();
        }
    }

    private void turnClock(Duration by) {
        nanos.addAndGet(by.toNanos());
        runner.clockTurned();
    }
}
