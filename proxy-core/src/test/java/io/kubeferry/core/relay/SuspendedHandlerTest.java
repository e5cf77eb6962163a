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
class SuspendedHandlerTest {
    private final TransportPreference transport;

    SuspendedHandlerTest(TransportPreference transport) {
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
                RelayHandler handler = ((BufferedRelay) harness.relay()).handlerOf(Direction.TO_ENDPOINT);
                handler.suspend();
                handler.whenSettled(() -> allWritten.complete(
                        harness.upstream().unsafe().outboundBuffer().isEmpty()));
                harness.downstream()
                        .pipeline()
                        .fireChannelRead(Unpooled.copiedBuffer("late", StandardCharsets.US_ASCII));
            });
            assertThat(allWritten).as("the sink takes nothing").isNotDone();

            CompletableFuture<Long> _ = countAll(harness.endpoint());
            Await.until(allWritten::isDone);
            assertThat(allWritten.join()).isTrue();
        }
    }
}
