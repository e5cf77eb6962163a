package io.kubeferry.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AddressOptions;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.ConnectionOptions;
import io.kubeferry.agent.options.HttpOptions;
import io.kubeferry.agent.options.NodePortOption;
import io.kubeferry.agent.options.ServiceOptions;
import io.kubeferry.agent.options.SourceAddressMode;
import io.kubeferry.agent.options.SourceOptions;
import io.kubeferry.agent.options.SyncOptions;
import io.kubeferry.agent.options.TransportOptions;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.net.FirewallMark;
import io.kubeferry.core.net.TransportPreference;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstructionsTest {
    private static final String FILE = """
            kind: KubeProxyConfiguration
            apiVersion: kubeproxy.config.k8s.io/v1alpha1
            hostnameOverride: From-File
            clusterCIDR: 10.1.0.0/16
            clientConnection: {kubeconfig: from-file}
            metricsBindAddress: ""
            healthzBindAddress: 127.0.0.1:1
            logging: {verbosity: 5, format: json}
            future: 1
            """;

    private final Console console = new Console();

    @Test
    void withoutFlagsTheDefaultsHold() {
        AgentOptions options = console.options();

        assertThat(options.source()).isEqualTo(SourceOptions.ApiServer.DEFAULT);
        assertThat(options.node().name()).isEqualTo("host-1");
        assertThat(options.services()).isEqualTo(ServiceOptions.DEFAULT);
        assertThat(options.addresses()).isEqualTo(AddressOptions.DEFAULT);
        assertThat(options.connections()).isEqualTo(ConnectionOptions.DEFAULT);
        assertThat(options.transport()).isEqualTo(TransportOptions.DEFAULT);
        assertThat(options.http()).isEqualTo(HttpOptions.DEFAULT);
        assertThat(options.sync()).isEqualTo(SyncOptions.DEFAULT);
        assertThat(options.kubeProxyConfig().toYaml()).contains("metricsBindAddress: 127.0.0.1:10249");
    }

    @Test
    void everyFlagReachesItsOption() {
        AgentOptions options = console.options(("--kubeconfig k --context c --master https://h:1 --namespace a,b"
                        + " --namespace c --service-proxy-name p --feature-gates AllowServiceExternalIPs=false"
                        + " --min-sync-period 2s --iptables-sync-period=3s --config-sync-period 4s"
                        + " --hostname-override N --node-zone z --bind-address 10.0.0.9 --cluster-cidr 10.2.0.0/16"
                        + " --addresses loopback --nodeport-addresses 10.0.0.0/8 --iptables-localhost-nodeports=0"
                        + " --source-address node --connect-timeout 5s --connect-attempts 6 --drain-timeout 7s"
                        + " --idle-timeout 8s --transport nio --event-loops 9 --healthz-bind-address 127.0.0.1:10"
                        + " --metrics-bind-address= --bind-address-hard-fail")
                .split(" "));

        assertThat(options.source())
                .isEqualTo(new SourceOptions.ApiServer(
                        Optional.of(Path.of("k")),
                        Optional.of("c"),
                        Optional.of(URI.create("https://h:1")),
                        List.of("a", "b", "c")));
        assertThat(options.services())
                .isEqualTo(new ServiceOptions(
                        Optional.of("p"),
                        false,
                        List.of(IpCidr.parse("10.2.0.0/16").orElseThrow())));
        assertThat(options.sync())
                .isEqualTo(new SyncOptions(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(4)));
        assertThat(options.node().name()).isEqualTo("n");
        assertThat(options.node().zone()).contains("z");
        assertThat(options.node().primaryAddress().orElseThrow().getHostAddress())
                .isEqualTo("10.0.0.9");
        assertThat(options.addresses())
                .isEqualTo(new AddressOptions(
                        AddressMode.LOOPBACK,
                        SourceAddressMode.NODE,
                        NodePortOption.parse(List.of("10.0.0.0/8")),
                        false,
                        FirewallMark.DEFAULT));
        assertThat(options.connections())
                .isEqualTo(new ConnectionOptions(
                        Duration.ofSeconds(5), 6, Duration.ofSeconds(7), Optional.of(Duration.ofSeconds(8))));
        assertThat(options.transport()).isEqualTo(new TransportOptions(TransportPreference.NIO, OptionalInt.of(9)));
        assertThat(options.http())
                .isEqualTo(new HttpOptions(
                        HttpOptions.parse("", "127.0.0.1:10", 0), Optional.empty(), HttpOptions.DEFAULT_STATUS, true));
    }

    @Test
    void manifestsTakeThePlaceOfTheApiServer() {
        assertThat(console.options("--manifests", "folder").source())
                .isEqualTo(new SourceOptions.Manifests(Path.of("folder")));
    }

    @Test
    void masqueradeAllMeansTheNodesAddress() {
        assertThat(console.options("--masquerade-all").addresses().source()).isEqualTo(SourceAddressMode.NODE);
        assertThat(console.options("--masquerade-all=false").addresses().source())
                .isEqualTo(SourceAddressMode.AUTO);
    }

    @ParameterizedTest
    @CsvSource({"none", "0", "0s"})
    void idleTimeoutCanBeSwitchedOff(String text) {
        assertThat(console.options("--idle-timeout", text).connections().idleTimeout())
                .isEmpty();
    }

    @Test
    void underscoresCountAsDashesAndTheLastValueCounts() {
        AgentOptions options = console.options("--cluster_cidr=10.0.0.0/8", "--cluster-cidr", "10.3.0.0/16");
        assertThat(options.services().clusterCidrs())
                .containsExactly(IpCidr.parse("10.3.0.0/16").orElseThrow());
    }

    @Test
    void theDeprecatedPortsDisableOrCompleteAnAddress() {
        HttpOptions http = console.options("--healthz-port=0", "--metrics-port=7", "--metrics-bind-address=10.0.0.1")
                .http();
        assertThat(http)
                .isEqualTo(new HttpOptions(
                        Optional.empty(), HttpOptions.parse("", "10.0.0.1:7", 0), HttpOptions.DEFAULT_STATUS, false));
    }

    @Test
    void theNodeIsNamedByFlagThenFileThenVariableThenHost() {
        console.files.put(Path.of("f"), FILE);
        assertThat(console.options().node().name()).isEqualTo("host-1");
        console.variables.put("NODE_NAME", "From-Variable");
        assertThat(console.options().node().name()).isEqualTo("from-variable");
        assertThat(console.options("--config", "f").node().name()).isEqualTo("from-file");
        assertThat(console.options("--config", "f", "--hostname-override", "From-Flag")
                        .node()
                        .name())
                .isEqualTo("from-flag");
    }

    @Test
    void aFileOverrulesKubeProxysFlagsButNotOurs() {
        console.files.put(Path.of("f"), FILE);

        Instructions instructions = console.instructions(
                ("--config f --kubeconfig k --cluster-cidr 10.9.0.0/16 --healthz-port 0 --profiling --master http://h"
                                + " --connect-attempts 5 -v 1")
                        .split(" "));

        assertThat(instructions.overruledFlags()).containsExactly("--kubeconfig", "--cluster-cidr", "--healthz-port");
        assertThat(instructions.ignoredFlags()).containsExactly("--profiling");
        assertThat(instructions.unknownFields()).containsExactly("future");
        assertThat(instructions.log()).isEqualTo(new LogOptions(1, LogFormat.JSON));
        AgentOptions options = instructions.options();
        assertThat(options.source())
                .isEqualTo(new SourceOptions.ApiServer(
                        Optional.of(Path.of("from-file")),
                        Optional.empty(),
                        Optional.of(URI.create("http://h")),
                        List.of()));
        assertThat(options.services().clusterCidrs())
                .containsExactly(IpCidr.parse("10.1.0.0/16").orElseThrow());
        assertThat(options.http().metrics()).isEqualTo(HttpOptions.DEFAULT.metrics());
        assertThat(options.connections().connectAttempts()).isEqualTo(5);
    }

    @Test
    void gatesThatMeanNothingAreNamedWithTheIgnoredFlags() {
        assertThat(console.instructions("--feature-gates=AllowServiceExternalIPs=true")
                        .ignoredFlags())
                .isEmpty();
        assertThat(console.instructions("--feature-gates=AllowServiceExternalIPs=true,Other=true")
                        .ignoredFlags())
                .containsExactly("--feature-gates=Other");
    }
}
