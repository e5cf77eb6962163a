package io.kubeferry.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.balance.Availability.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AvailabilityTest {
    /** Close to the overflow, where arithmetic on absolute times goes wrong. */
    private static final long NOW = Long.MAX_VALUE - 5;

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @ParameterizedTest
    @CsvSource({
        "AVAILABLE, a client's attempt fails,     SET_ASIDE",
        "AVAILABLE, a client is connected,        AVAILABLE",
        "AVAILABLE, the time aside is over,       AVAILABLE",
        "AVAILABLE, the trial fails,              AVAILABLE",
        "SET_ASIDE, a client's attempt fails,     SET_ASIDE",
        "SET_ASIDE, a client is connected,        AVAILABLE",
        "SET_ASIDE, the time aside is over,       ON_TRIAL",
        "SET_ASIDE, the trial fails,              SET_ASIDE",
        "ON_TRIAL,  a client's attempt fails,     ON_TRIAL",
        "ON_TRIAL,  a client is connected,        AVAILABLE",
        "ON_TRIAL,  the time aside is over,       ON_TRIAL",
        "ON_TRIAL,  the trial fails,              SET_ASIDE",
    })
    void goesFromStateToState(State before, String event, State after) {
        Availability availability = new Availability(before, 1, NOW);
        long later = NOW + 2 * SECOND;
        assertThat(
                        switch (event) {
                            case "a client's attempt fails" -> availability.afterFailure(later, later);
                            case "a client is connected" -> availability.afterSuccess(later);
                            case "the time aside is over" -> availability.onTrial(later);
                            default -> availability.afterTrialFailed(later);
                        })
                .extracting(Availability::state)
                .isEqualTo(after);
    }

    @Test
    void trialWaitsUntilTheTimeAsideIsOver() {
        Availability aside = Availability.initial(NOW).afterFailure(NOW, NOW);
        assertThat(aside.onTrial(NOW + SECOND - 1)).isEqualTo(aside);
        assertThat(aside.onTrial(NOW + SECOND).state()).isEqualTo(State.ON_TRIAL);
    }

    @Test
    void timeAsideDoublesFromOneToThirtySeconds() {
        List<Long> seconds = new ArrayList<>();
        long now = NOW;
        Availability availability = Availability.initial(now).afterFailure(now, now);
        for (int failure = 0; failure < 8; failure++) {
            seconds.add(availability.timeAside().toSeconds());
            now += availability.timeAside().toNanos();
            availability = availability.onTrial(now).afterTrialFailed(now);
        }
        assertThat(seconds).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
    }

    @Test
    void endpointThatFailsSoonAfterItCameBackIsSetAsideForLonger() {
        Availability back = Availability.initial(NOW).afterFailure(NOW, NOW).afterSuccess(NOW + SECOND);
        long soon = NOW + 30 * SECOND;
        assertThat(back.afterFailure(soon, soon).timeAside()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void endpointThatHasWorkedForHalfAMinuteBeginsAnew() {
        Availability back = Availability.initial(NOW).afterFailure(NOW, NOW).afterSuccess(NOW + SECOND);
        long muchLater = NOW + 31 * SECOND;
        assertThat(back.afterFailure(muchLater, muchLater).timeAside()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void attemptThatBeganBeforeTheEndpointCameBackSaysNothing() {
        Availability back = Availability.initial(NOW).afterFailure(NOW, NOW).afterSuccess(NOW + SECOND);
        assertThat(back.afterFailure(NOW + SECOND - 1, NOW + 2 * SECOND)).isEqualTo(back);
    }
}
