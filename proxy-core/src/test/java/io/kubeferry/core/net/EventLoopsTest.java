package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is scheduled on a loop on which nothing else happens. */
@Timeout(60)
class EventLoopsTest {
    private static final long PATIENCE_SECONDS = 30;
    private static final int ROUNDS = 3;

    @ParameterizedTest
    @EnumSource
    void whatIsDueSoonerThanWhatTheLoopWaitsForHappens(TransportPreference preference) throws Exception {
        try (EventLoops loops = loopsOn(preference)) {
            EventLoop loop = loops.next();
            BlockingQueue<String> happened = new LinkedBlockingQueue<>();
            loop.schedule(() -> happened.add("never"), 1, TimeUnit.HOURS);
            for (int round = 0; round < ROUNDS; round++) {
                // The loop waits for the one that is due last already when another comes.
                loop.submit(() -> {}).sync();
                loop.schedule(() -> happened.add("later"), 20, TimeUnit.MILLISECONDS);
                loop.submit(() -> {}).sync();
                loop.schedule(() -> happened.add("earlier"), 1, TimeUnit.MILLISECONDS);

                assertThat(List.of(next(happened), next(happened))).containsExactlyInAnyOrder("earlier", "later");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDueLongAfterTheEndOfALoopDoesNotHoldItUp(TransportPreference preference) throws Exception {
        EventLoops loops = loopsOn(preference);
        loops.next().schedule(() -> {}, 1, TimeUnit.HOURS);
        loops.next().submit(() -> {}).sync();

        CompletableFuture.runAsync(loops::close).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static String next(BlockingQueue<String> happened) throws InterruptedException {
        return String.valueOf(happened.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    private static EventLoops loopsOn(TransportPreference preference) {
        assumeTrue(preference != TransportPreference.IO_URING || IoUring.isAvailable());
        assumeTrue(preference != TransportPreference.EPOLL || Epoll.isAvailable());
        return new EventLoops(Transport.choose(preference), 1);
    }
}
