package io.kubeferry.core.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SinkPaceTest {
    private static final int PIECE = 256 * 1024;
    private static final int PIECES = SinkPace.ENOUGH_BYTES / PIECE;

    private final SinkPace pace = new SinkPace();

    @Test
    void sinkKeepsUpWhenItHasTakenMoreThanBuffersHold() {
        takes(PIECES - 1);
        assertThat(pace.keepsUp()).isFalse();
        takes(1);
        assertThat(pace.keepsUp()).isTrue();
    }

    @Test
    void sinkThatIsWaitedForEveryFewBytesNeverKeepsUp() {
        for (int i = 0; i < 10_000; i++) {
            pace.taken(SinkPace.WAIT_BYTES - 1);
            pace.waited();
            assertThat(pace.keepsUp()).isFalse();
        }
    }

    @Test
    void fastSinkKeepsUpThoughItIsWaitedForNowAndThen() {
        takes(2 * PIECES);
        for (int i = 0; i < 10_000; i++) {
            pace.waited();
            takes(1);
            assertThat(pace.keepsUp()).isTrue();
        }
    }

    @Test
    void sinkThatBecomesSlowStopsKeepingUpHoweverMuchItHasTaken() {
        takes(10_000);
        for (int i = 0; i <= SinkPace.ENOUGH_BYTES / SinkPace.WAIT_BYTES; i++) {
            pace.waited();
        }
        assertThat(pace.keepsUp()).isFalse();
    }

    private void takes(int pieces) {
        for (int i = 0; i < pieces; i++) {
            pace.taken(PIECE);
        }
    }
}
