package io.kubeferry.core.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.relay.SpliceState.Event;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpliceStateTest {
    /** Everything that can happen, but END, which always leads to ENDED. */
    private static final Map<SpliceState, Map<Event, SpliceState>> TABLE = Map.of(
            SpliceState.BUFFERED, Map.of(Event.BULK, SpliceState.SETTLING),
            SpliceState.SETTLING, Map.of(Event.SETTLED, SpliceState.AWAITING_INPUT),
            SpliceState.AWAITING_INPUT,
                    Map.of(Event.FILLED, SpliceState.AWAITING_ROOM, Event.HAND_BACK, SpliceState.BUFFERED),
            SpliceState.AWAITING_ROOM, Map.of(Event.DRAINED, SpliceState.AWAITING_INPUT));

    @Test
    void everyEventThatCanHappenLeadsOn() {
        TABLE.forEach((state, events) -> events.forEach((event, next) ->
                assertThat(state.after(event)).as(event + " in state " + state).isEqualTo(next)));
    }

    @Test
    void directionEndsInEveryStateAndForGood() {
        for (SpliceState state : SpliceState.values()) {
            assertThat(state.after(Event.END)).as("END in state " + state).isEqualTo(SpliceState.ENDED);
        }
        for (Event event : Event.values()) {
            assertThat(SpliceState.ENDED.after(event))
                    .as(event + " after the end")
                    .isEqualTo(SpliceState.ENDED);
        }
    }

    @Test
    void anythingElseIsAMistakeAndSaysWhich() {
        for (SpliceState state : TABLE.keySet()) {
            for (Event event : Event.values()) {
                if (event != Event.END && !TABLE.getOrDefault(state, Map.of()).containsKey(event)) {
                    assertThatThrownBy(() -> state.after(event))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage(event + " in state " + state);
                }
            }
        }
    }
}
