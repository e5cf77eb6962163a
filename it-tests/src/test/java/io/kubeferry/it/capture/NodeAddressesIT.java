package io.kubeferry.it.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.it.process.RunningCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** External IPs that are addresses of nodes, this one's and another's: nothing but the Service's port is taken of them. */
class NodeAddressesIT extends OnOneNetwork {
    private static final int DAEMON_PORT = 81;

    @BeforeEach
    void start() throws Exception {
        cluster.n1().serve(DAEMON_PORT);
        cluster.n2().serve(DAEMON_PORT);
    }

    @ParameterizedTest
    @EnumSource
    void portsThatAreNotTheServicesBehaveAsBefore(Family family) throws Exception {
        String n1 = cluster.n1().address(family);
        String n2 = cluster.n2().address(family);
        // A network that has just been made takes a second to find its neighbours in IPv6.
        Await.until(() -> cluster.client().ask(n1, DAEMON_PORT).startsWith("n1 "));
        Await.until(() -> cluster.p1a().ask(n2, DAEMON_PORT).startsWith("n2 "));
        String before = addresses();
        try (Machine.Connection toDaemon = cluster.client().connect(n1, DAEMON_PORT);
                Machine.Connection toOther = cluster.p1a().connect(n2, DAEMON_PORT)) {
            write(List.of(n1, n2), cluster.p1a());
            agent = NodeAgent.start(cluster.n1(), manifests).awaitReady();

            for (Machine from : List.of(cluster.client(), cluster.p1b(), cluster.n1())) {
                assertThat(from.ask(n1, 80))
                        .as("%s, the Service's port", from.name())
                        .startsWith("p1a ");
                assertThat(from.ask(n1, DAEMON_PORT))
                        .as("%s, the daemon's", from.name())
                        .startsWith("n1 ");
                assertThat(from.ask(n1, 82)).as("%s, nobody's", from.name()).isEqualTo("refused");
            }
            for (Machine from : List.of(cluster.p1b(), cluster.n1())) {
                assertThat(from.ask(n2, 80)).as("%s, by this node", from.name()).startsWith("p1a ");
                assertThat(from.ask(n2, DAEMON_PORT))
                        .as("%s, the other's", from.name())
                        .startsWith("n2 ");
            }
            assertThat(toDaemon.echoes("still")).isTrue();
            assertThat(toOther.echoes("still")).isTrue();

            Files.delete(manifests.resolve("at-nodes.yaml"));
            Await.until(() -> cluster.client().ask(n1, 80).equals("refused"));
            assertThat(cluster.client().ask(n1, DAEMON_PORT)).startsWith("n1 ");
            assertThat(toDaemon.echoes("still")).isTrue();
        }
        agent.close();
        try (RunningCommand cleanup =
                RunningCommand.startInside(cluster.n1().namespace().inside(), Map.of(), List.of("cleanup"))) {
            assertThat(cleanup.exitCode()).as(cleanup.output()).isZero();
        }
        assertThat(addresses()).isEqualTo(before);
    }

    /** A second Service keeps the process at work when this one goes. */
    private void write(List<String> externalIps, Machine pod) throws IOException {
        SampleServices.INSIDE.write(manifests, List.of(pod));
        String service = CaptureManifests.service(
                "at-nodes",
                "10.96.0.60",
                "fd96::60",
                "externalIPs: [\"" + String.join("\", \"", externalIps) + "\"]",
                CaptureManifests.port(0));
        Path draft = manifests.resolve("at-nodes.draft");
        Files.writeString(draft, service + CaptureManifests.slices("at-nodes", List.of(pod)));
        Files.move(draft, manifests.resolve("at-nodes.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    private String addresses() throws Exception {
        NetworkNamespace node = cluster.n1().namespace();
        return (node.run("ip", "-o", "address")
                        + node.run("ip", "-4", "route", "show", "table", "all")
                        + node.run("ip", "-6", "route", "show", "table", "all"))
                .lines()
                .filter(line -> !line.contains("fe80:") && !line.contains("multicast"))
                .reduce("", (all, line) -> all + line.replaceAll("valid_lft.*", "") + "\n");
    }
}
