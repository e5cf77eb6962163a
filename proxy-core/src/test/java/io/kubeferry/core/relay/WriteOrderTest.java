package io.kubeferry.core.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.testing.Transports;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read goes behind what waits to be written. */
@ParameterizedClass
@MethodSource("transports")
class WriteOrderTest {
    private final TransportPreference transport;

    WriteOrderTest(TransportPreference transport) {
        this.transport = transport;
    }

    static List<TransportPreference> transports() {
        return Transports.available();
    }

    @Test
    void aReadDoesNotOvertakeWhatIsQueuedForTheSink() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, RelayKind.BUFFERED)) {
            harness.onLoop(() -> {
                harness.upstream().write(bytes("queued, "));
                BufferedDirection direction = ((BufferedRelay) harness.relay()).directionOf(Direction.TO_ENDPOINT);
                direction.read(bytes("read"));
                direction.readComplete();
            });

            byte[] received = harness.endpoint().getInputStream().readNBytes("queued, read".length());
            assertThat(new String(received, StandardCharsets.US_ASCII)).isEqualTo("queued, read");
        }
    }

    /** Outside the heap, as what is read from sockets is. */
    private static ByteBuf bytes(String text) {
        return Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
