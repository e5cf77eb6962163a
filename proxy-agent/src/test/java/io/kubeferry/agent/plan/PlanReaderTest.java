package io.kubeferry.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AddressOptions;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.NodeOptions;
import io.kubeferry.agent.options.ServiceOptions;
import io.kubeferry.agent.options.SourceAddressMode;
import io.kubeferry.agent.options.SourceOptions;
import io.kubeferry.core.model.IpCidr;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanReaderTest {
    @TempDir
    private Path folder;

    @Test
    void jsonIsWhatIsPromised() throws Exception {
        write("cluster.yaml");
        assertThat(PlanJson.of(plan())).isEqualToIgnoringNewLines(resource("cluster.json"));
    }

    @Test
    void textShowsTheSameForPeople() throws Exception {
        write("cluster.yaml");
        assertThat(PlanText.of(plan())).isEqualToIgnoringNewLines(resource("cluster.txt"));
    }

    @Test
    void withTheAddressesThemselvesEveryKindIsThereWithItsStateSourceAndRanges() throws Exception {
        write("capture.yaml");
        PlanDocument plan = new PlanReader(capturing(options(folder), SourceAddressMode.AUTO)).read();
        assertThat(PlanJson.of(plan)).isEqualToIgnoringNewLines(resource("capture.json"));
        assertThat(PlanText.of(plan)).isEqualToIgnoringNewLines(resource("capture.txt"));
    }

    @Test
    void withTheNodeAsSourceNoAddressKeepsTheClients() throws Exception {
        write("capture.yaml");
        PlanDocument plan = new PlanReader(capturing(options(folder), SourceAddressMode.NODE)).read();
        assertThat(plan.listeners()).extracting(PlanDocument.Listener::source).containsOnly(PlanDocument.Source.NODE);
    }

    @Test
    void podsThatCanBeToldFromOutsidersAreServedWithTheNode() throws Exception {
        write("capture.yaml");
        AgentOptions capturing = capturing(options(folder), SourceAddressMode.AUTO);
        assertThat(PlanText.of(new PlanReader(knowing(capturing, "10.244.0.0/16")).read()))
                .contains("no answer; for the node and pods 10.244.2.6:8080");
        assertThat(PlanText.of(new PlanReader(knowing(capturing, "fd00:10:244::/56")).read()))
                .contains("no answer; for the node 10.244.2.6:8080");
    }

    @Test
    void emptyFolderServesNothing() throws Exception {
        assertThat(PlanText.of(plan())).contains("Node n1", "Nothing would be served.");
    }

    @Test
    void sourceThatDeliversNothingIsNamed() {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> new PlanReader(options(missing), Duration.ofMillis(50)).read())
                .hasMessageContaining("manifests in " + missing + " has delivered no complete list");
    }

    private PlanDocument plan() throws Exception {
        return new PlanReader(options(folder)).read();
    }

    private void write(String resource) throws IOException {
        Files.writeString(folder.resolve(resource), resource(resource));
    }

    private static AgentOptions options(Path folder) throws IOException {
        return AgentOptions.defaultsFor(
                new SourceOptions.Manifests(folder),
                new NodeOptions("n1", Optional.empty(), InetAddress.getByAddress(new byte[4])));
    }

    private static AgentOptions capturing(AgentOptions options, SourceAddressMode source) {
        return options.withAddresses(new AddressOptions(
                AddressMode.CAPTURE,
                source,
                options.addresses().nodePorts(),
                options.addresses().localhostNodePorts(),
                options.addresses().mark()));
    }

    private static AgentOptions knowing(AgentOptions options, String clusterCidr) {
        return new AgentOptions(
                options.source(),
                options.node(),
                new ServiceOptions(
                        Optional.empty(),
                        true,
                        IpCidr.parse(clusterCidr).stream().toList()),
                options.addresses(),
                options.connections(),
                options.transport(),
                options.http(),
                options.sync(),
                options.accessLog(),
                options.handOver(),
                options.kubeProxyConfig());
    }

    private static String resource(String name) throws IOException {
        try (InputStream resource = Objects.requireNonNull(PlanReaderTest.class.getResourceAsStream(name))) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
