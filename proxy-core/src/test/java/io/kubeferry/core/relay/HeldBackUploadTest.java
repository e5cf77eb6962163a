package io.kubeferry.core.relay;

import static io.kubeferry.core.relay.FarEnd.checksumOfAll;
import static io.kubeferry.core.relay.FarEnd.receiveAll;
import static io.kubeferry.core.relay.FarEnd.sendRandom;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.testing.Await;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** An endpoint that has said all it has to say, and reads a long upload when it likes. */
@ParameterizedClass
@MethodSource("io.kubeferry.core.relay.RelayKind#onTransports")
class HeldBackUploadTest {
    private static final long UPLOAD = 24L * 1024 * 1024;

    private final TransportPreference transport;
    private final RelayKind kind;

    HeldBackUploadTest(TransportPreference transport, RelayKind kind) {
        this.transport = transport;
        this.kind = kind;
    }

    /** Repeated, since whether io_uring waits in the kernel or by a poll of Netty's is a matter of microseconds. */
    @RepeatedTest(5)
    void anUploadThatIsHeldBackGoesOnAfterTheEndpointsFin() throws Exception {
        try (RelayHarness harness = new RelayHarness(transport, kind)) {
            CompletableFuture<Long> fromClient = sendRandom(harness.client(), UPLOAD, 6);
            Await.untilSteady(() -> harness.moved(Direction.TO_ENDPOINT));
            assertThat(fromClient).as("the writer is held back").isNotDone();
            harness.endpoint().shutdownOutput();
            assertThat(receiveAll(harness.client())).isEmpty();
            CompletableFuture<Long> atEndpoint = checksumOfAll(harness.endpoint());
            Await.until(atEndpoint::isDone);

            assertThat(atEndpoint.get()).isEqualTo(fromClient.get());
            assertThat(harness.awaitEnd()).isEqualTo(CloseReason.COMPLETED);
        }
    }
}
