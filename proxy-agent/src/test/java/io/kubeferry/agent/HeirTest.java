package io.kubeferry.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeirTest {
    private final AtomicBoolean needless = new AtomicBoolean();
    private final AtomicBoolean alone = new AtomicBoolean();
    private final AtomicInteger inherited = new AtomicInteger();
    private final Heir heir = new Heir(needless::get, alone::get, inherited::incrementAndGet);

    @AfterEach
    void close() {
        heir.close();
    }

    @Test
    void nothingIsInheritedWhileTheOtherProcessIsThere() {
        heir.look();
        assertThat(inherited).hasValue(0);
    }

    @Test
    void whatTheOtherProcessLeftIsInheritedWhenItHasGone() {
        heir.look();
        alone.set(true);
        heir.look();
        assertThat(inherited).hasValue(1);
    }

    @Test
    void nothingIsInheritedByAProcessThatKnowsTheCluster() {
        needless.set(true);
        alone.set(true);
        heir.look();
        assertThat(inherited).hasValue(0);
    }

    @Test
    void thatItCannotBeReadIsNoReasonToEnd() {
        try (Heir unlucky = new Heir(needless::get, () -> true, () -> {
            inherited.incrementAndGet();
            throw new IllegalStateException("a broken file");
        })) {
            unlucky.look();
        }
        assertThat(inherited).hasValue(1);
    }
}
