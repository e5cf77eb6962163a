package io.kubeferry.core.relay;

import static io.kubeferry.core.relay.FarEnd.countAll;
import static io.kubeferry.core.relay.RelayContractTest.fillTowardsSilentReader;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.Transports;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A direction that is to be taken from the buffered relay, while its sink takes nothing. */
@ParameterizedClass
@MethodSource("transports")
class SuspendedDirectionTest {
    private final TransportPreference transport;

    SuspendedDirectionTest(TransportPreference transport) {
        this.transport = transport;
    }

    static List<TransportPreference> transports() {
        return Transports.available();
    }

    @Test
    void whatAReadThatWasUnderWayBringsIsWrittenBeforeTheDirectionIsSettled() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.BUFFERED)) {
            fillTowardsSilentReader(harness.client(), harness);
            CompletableFuture<Boolean> allWritten = new CompletableFuture<>();
            harness.onLoop(() -> {
                BufferedDirection direction = ((BufferedRelay) harness.relay()).directionOf(Direction.TO_ENDPOINT);
                direction.suspend();
                direction.whenSettled(
                        () -> allWritten.complete(harness.upstream().isWritten()));
                direction.read(Unpooled.copiedBuffer("late", StandardCharsets.US_ASCII));
            });
            assertThat(allWritten).as("the sink takes nothing").isNotDone();

            CompletableFuture<Long> _ = countAll(harness.endpoint());
            Await.until(allWritten::isDone);
            assertThat(allWritten.join()).isTrue();
        }
    }
}
