package io.kubeferry.core.balance;

import static io.kubeferry.core.balance.Candidates.endpoint;
import static io.kubeferry.core.balance.Candidates.pick;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Endpoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomPickerTest {
    private final Candidates candidates = new Candidates();
    private final RandomPicker picker = new RandomPicker(candidates.list(1, 2, 3, 4), new Random(1));

    @Test
    void everyEndpointIsDrawnAboutEquallyOften() {
        assertThat(counts(8_000))
                .hasSize(4)
                .allSatisfy((_, count) -> assertThat(count).isBetween(1_800, 2_200));
    }

    @Test
    void sharesOfEndpointsThatAreSetAsideGoToAllOthersAlike() {
        candidates.setAside(2);

        assertThat(counts(6_000))
                .containsOnlyKeys(endpoint(1), endpoint(3), endpoint(4))
                .allSatisfy((_, count) -> assertThat(count).isBetween(1_800, 2_200));
    }

    @Test
    void whatWasTriedIsNotDrawnAgain() {
        IntStream.range(0, 50)
                .forEach(_ -> assertThat(Candidates.endpointOf(picker.pick(candidates.tried(1, 2, 4))))
                        .isEqualTo(endpoint(3)));
        assertThat(picker.pick(candidates.tried(1, 2, 3, 4))).isNull();
    }

    @Test
    void followsTheEndpoints() {
        picker.update(candidates.list(7));
        assertThat(pick(picker)).isEqualTo(endpoint(7));
        picker.update(candidates.list());
        assertThat(picker.pick(List.of())).isNull();
    }

    private Map<Endpoint, Integer> counts(int picks) {
        Map<Endpoint, Integer> counts = new HashMap<>();
        IntStream.range(0, picks).forEach(_ -> counts.merge(pick(picker), 1, Integer::sum));
        return counts;
    }
}
