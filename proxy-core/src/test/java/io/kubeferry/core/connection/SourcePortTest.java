package io.kubeferry.core.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.net.TransparentSockets;
import io.kubeferry.core.routing.AnswerPath;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcePortTest {
    private final TransparentSockets sockets = new TransparentSockets(1);

    @ParameterizedTest
    @CsvSource({
        "LIFTED, 0, RECOGNIZABLE",
        "LIFTED, 9, RECOGNIZABLE",
        "ROUTED, 0, UNLIKELY",
        "ROUTED, 2, UNLIKELY",
        "ROUTED, 3, ANY",
        "PAST_US, 0, UNLIKELY",
    })
    void portsAreThoseOfTheAnswersUntilSeveralAreInUse(AnswerPath answers, int tried, SourcePort ports) {
        assertThat(SourcePort.of(answers, tried)).isEqualTo(ports);
    }

    /** Linux gives 32,768 to 60,999 to connections that ask for no port of their own. */
    @ParameterizedTest
    @CsvSource({"RECOGNIZABLE, 61000, 65535", "UNLIKELY, 11000, 32767"})
    void chosenPortsTakeTurnsOutsideOfWhatTheClientsOwnConnectionsGet(SourcePort ports, int first, int last) {
        int[] chosen = IntStream.rangeClosed(first, last)
                .map(_ -> ports.choose(sockets))
                .sorted()
                .toArray();

        assertThat(chosen).isEqualTo(IntStream.rangeClosed(first, last).toArray());
    }

    @Test
    void anyPortIsTheKernelsChoice() {
        assertThat(SourcePort.ANY.choose(sockets)).isEqualTo(TransparentSockets.ANY_PORT);
    }
}
