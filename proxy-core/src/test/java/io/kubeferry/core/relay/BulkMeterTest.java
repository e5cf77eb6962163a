package io.kubeferry.core.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BulkMeterTest {
    private static final BulkMeter.Limits LIMITS = new BulkMeter.Limits(100, 300, 50, 3);

    private final BulkMeter meter = new BulkMeter(LIMITS);

    static Stream<Arguments> reads() {
        return Stream.of(
                Arguments.of("one small message", List.of(20), false),
                Arguments.of("many small messages", List.of(99, 99, 99, 99, 99, 99), false),
                Arguments.of("large reads, not yet enough of them", List.of(100, 199), false),
                Arguments.of("large reads one after the other", List.of(100, 100, 100), true),
                Arguments.of("a small message between large reads", List.of(200, 99, 200), false),
                Arguments.of("one read that is enough by itself", List.of(300), true));
    }

    @ParameterizedTest
    @MethodSource("reads")
    void bulkBeginsWithARunOfLargeReads(String what, List<Integer> reads, boolean bulk) {
        boolean last = false;
        for (int bytes : reads) {
            last = meter.isBulkAfterRead(bytes);
        }
        assertThat(last).as(what).isEqualTo(bulk);
    }

    static Stream<Arguments> pieces() {
        return Stream.of(
                Arguments.of("large pieces", List.of(500, 500, 500, 500), true),
                Arguments.of("a small piece, like the rest of an answer", List.of(500, 20, 500), true),
                Arguments.of("small pieces, but not one after the other", List.of(49, 49, 50, 49, 49), true),
                Arguments.of("a run of small pieces", List.of(500, 49, 49, 49), false));
    }

    @ParameterizedTest
    @MethodSource("pieces")
    void bulkEndsWithARunOfSmallPieces(String what, List<Integer> pieces, boolean bulk) {
        assertThat(meter.isBulkAfterRead(300)).isTrue();
        boolean last = true;
        for (int bytes : pieces) {
            last = meter.isBulkAfterPiece(bytes);
        }
        assertThat(last).as(what).isEqualTo(bulk);
    }

    @Test
    void bulkThatHasEndedBeginsAnewOnlyWithANewRun() {
        assertThat(meter.isBulkAfterRead(300)).isTrue();
        assertThat(meter.isBulkAfterPiece(1)).isTrue();
        assertThat(meter.isBulkAfterPiece(1)).isTrue();
        assertThat(meter.isBulkAfterPiece(1)).isFalse();

        assertThat(meter.isBulkAfterRead(100)).isFalse();
        assertThat(meter.isBulkAfterRead(200)).isTrue();
        assertThat(meter.isBulkAfterPiece(1))
                .as("small pieces are counted from the start")
                .isTrue();
    }
}
