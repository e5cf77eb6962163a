package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HostLockTest {
    private final String name = "kubeferry-test-" + UUID.randomUUID();

    @BeforeAll
    static void needLinux() {
        assumeTrue(HostLock.isAvailable(), "this host has no abstract sockets");
    }

    @Test
    void nameIsHeldByOneAndFreeWhenGivenBack() {
        HostLock held = HostLock.take(name).orElseThrow();
        assertThat(HostLock.take(name)).isEmpty();
        held.close();
        held.close();

        HostLock again = HostLock.take(name).orElseThrow();
        again.close();
    }

    @Test
    void namesDoNotStandInTheWayOfOneAnother() {
        try (HostLock _ = HostLock.take(name).orElseThrow();
                HostLock _ = HostLock.take(name + "-other").orElseThrow()) {
            assertThat(HostLock.take(name)).isEmpty();
        }
    }

    @Test
    void anyoneMayAskHoweverOftenWhetherANameIsTaken() {
        assertThat(HostLock.isTaken(name)).isFalse();
        try (HostLock _ = HostLock.take(name + "-other").orElseThrow()) {
            assertThat(HostLock.isTaken(name)).isFalse();
        }
        try (HostLock _ = HostLock.take(name).orElseThrow()) {
            for (int i = 0; i < 100; i++) {
                assertThat(HostLock.isTaken(name)).isTrue();
            }
            HostLock.watch(name).orElseThrow().close();
        }
        assertThat(HostLock.isTaken(name)).isFalse();
    }

    @Test
    void whoWatchesSeesThatTheHolderHasGoneAlsoWhenAnotherOneHasTheNameByThen() {
        assertThat(HostLock.watch(name)).as("nobody has it").isEmpty();
        HostLock held = HostLock.take(name).orElseThrow();
        try (HostLock.Watch first = HostLock.watch(name).orElseThrow();
                HostLock.Watch second = HostLock.watch(name).orElseThrow()) {
            assertThat(first.isHeld()).isTrue();
            assertThat(second.isHeld()).isTrue();
            held.close();
            try (HostLock _ = HostLock.take(name).orElseThrow()) {
                assertThat(first.isHeld()).isFalse();
                assertThat(second.isHeld()).isFalse();
            }
        }
        assertThat(HostLock.watch(name)).isEmpty();
    }
}
