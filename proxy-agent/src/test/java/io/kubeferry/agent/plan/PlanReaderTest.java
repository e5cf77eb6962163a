package io.kubeferry.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AddressOptions;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.NodeOptions;
import io.kubeferry.agent.options.SourceAddressMode;
import io.kubeferry.agent.options.SourceOptions;
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

    private static String resource(String name) throws IOException {
        try (InputStream resource = Objects.requireNonNull(PlanReaderTest.class.getResourceAsStream(name))) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
