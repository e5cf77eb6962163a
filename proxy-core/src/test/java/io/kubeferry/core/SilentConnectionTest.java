package io.kubeferry.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.TestEndpoint;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection on an io_uring asks of the kernel while it is silent, as {@code /proc} tells it of this process. */
@Timeout(60)
class SilentConnectionTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path DETAILS = Path.of("/proc/self/fdinfo");
    /** IORING_OP_RECV. */
    private static final String READ = "op=27,";

    @Test
    void afterAWhileNeitherSideWaitsWithABuffer() throws Exception {
        assumeTrue(IoUring.isAvailable());
        try (DataPlaneRig rig = new DataPlaneRig(TransportPreference.IO_URING);
                TestEndpoint echo = TestEndpoint.echoing()) {
            rig.apply(rig.web().endpoints(echo.address()));
            List<Socket> clients = new ArrayList<>();
            try {
                // One more where the look after them has come between the exchange and ours.
                Await.until(() -> {
                    clients.add(rig.connect());
                    assertThat(DataPlaneRig.exchange(clients.getLast(), "before"))
                            .isEqualTo("before");
                    return waitingReads() > 0;
                });
                Await.until(() -> waitingReads() == 0);

                assertThat(DataPlaneRig.exchange(clients.getLast(), "after")).isEqualTo("after");
            } finally {
                for (Socket client : clients) {
                    client.close();
                }
            }
        }
    }

    private static long waitingReads() throws IOException {
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            return descriptors
                    .filter(SilentConnectionTest::isRing)
                    .flatMap(SilentConnectionTest::details)
                    .filter(line -> line.contains(READ))
                    .count();
        }
    }

    private static boolean isRing(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("io_uring");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static Stream<String> details(Path descriptor) {
        try {
            return Files.readAllLines(DETAILS.resolve(descriptor.getFileName())).stream();
        } catch (IOException closedMeanwhile) {
            return Stream.empty();
        }
    }
}
