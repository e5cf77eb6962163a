package io.kubeferry.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.host.NodeConnections.Connection;
import io.kubeferry.core.model.IpFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConnectionsTest {
    private static final String IPV4 = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1 0000000000000000
               1: 010717AC:9C41 0A00600A:0050 01 00000000:00000000 02:00000000 00000000     0        0 4 1 0000000000000000
               2: 010717AC:9C42 0A00600A:0050 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0000000000000000
               3: 010717AC:9C43 0A00600A:0051 01 00000000:00000000 02:00000000 00000000     0        0 5 1 0000000000000000
               4: 0A00600A:0050 010717AC:9C41 01 00000000:00000000 02:00000000 00000000     0        0 6 1 0000000000000000
            nonsense
            """;

    private static final String IPV6 = """
              sl  local_address                         remote_address                        st tx_queue rx_queue
               0: 000077FD000000000000000001000000:9C44 000096FD000000000000000050000000:0050 08 00000000:00000000
               1: 0000000000000000FFFF0000010717AC:9C45 0000000000000000FFFF00000A00600A:0050 01 00000000:00000000
            """;

    @TempDir
    private Path proc;

    @Test
    void connectionsOfBothFamiliesAreFoundByWhatTheyAreTo() throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/tcp"), IPV4);
        Files.writeString(proc.resolve("net/tcp6"), IPV6);
        assertThat(new NodeConnections(proc).to(Set.of("10.96.0.10 . 80", "fd96::50 . 80")))
                .containsExactlyInAnyOrder(
                        new Connection(IpFamily.IPV4, "172.23.7.1 . 40001", "10.96.0.10 . 80"),
                        new Connection(IpFamily.IPV6, "fd77::1 . 40004", "fd96::50 . 80"),
                        new Connection(IpFamily.IPV4, "172.23.7.1 . 40005", "10.96.0.10 . 80"));
    }

    @Test
    void whatCannotBeReadHasNone() {
        assertThat(new NodeConnections(proc).to(Set.of("10.96.0.10 . 80"))).isEmpty();
    }
}
