package io.kubeferry.agent.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.net.FirewallMark;
import io.kubeferry.core.routing.NodePortSelection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeProxyConfigFileTest {
    private static final String HEAD = "kind: KubeProxyConfiguration\napiVersion: kubeproxy.config.k8s.io/v1alpha1\n";

    @Test
    void kubeadmsFileIsTheDefaultsButForKubeconfigAndClusterCidr() {
        KubeProxyConfigFile file = read("kubeadm-config.conf");

        assertThat(file.unknownFields()).isEmpty();
        assertThat(file.config().toYaml())
                .isEqualTo(KubeProxyConfig.defaults()
                        .with("", "clientConnection.kubeconfig", List.of("/var/lib/kube-proxy/kubeconfig.conf"))
                        .with("", "clusterCIDR", List.of("10.244.0.0/16"))
                        .toYaml());
    }

    @Test
    void kindsFileIsReadWithItsChanges() {
        KubeProxyConfig config = read("kind-config.conf").config();

        assertThat(config.text("mode")).isEqualTo("iptables");
        assertThat(config.number("conntrack.maxPerCore")).isZero();
        assertThat(config.duration("conntrack.tcpEstablishedTimeout")).isZero();
        assertThat(KubeProxyOptions.sync(config).minSyncPeriod()).isEqualTo(Duration.ofSeconds(2));
        assertThat(KubeProxyOptions.http(config).healthz().orElseThrow().getAddress())
                .isEqualTo(IpAddresses.parse("::").orElseThrow());
        assertThat(KubeProxyOptions.http(config).metrics().orElseThrow().getAddress())
                .isEqualTo(IpAddresses.parse("::1").orElseThrow());
        assertThat(KubeProxyOptions.services(config, Optional.empty()).clusterCidrs())
                .extracting(IpCidr::prefixLength)
                .containsExactly(56, 16);
    }

    @Test
    void fieldsThatMatterReachTheOptions() {
        KubeProxyConfig config = parse("""
                metricsBindAddress: 0.0.0.0:9999
                healthzBindAddress: 10.0.0.1
                bindAddressHardFail: true
                mode: nftables
                nftables: {minSyncPeriod: 0s, syncPeriod: 5s, masqueradeAll: true}
                iptables: {localhostNodePorts: false, syncPeriod: 1h}
                configSyncPeriod: 1m
                nodePortAddresses: [primary]
                featureGates: {AllowServiceExternalIPs: false}
                """).config();

        assertThat(KubeProxyOptions.http(config))
                .isEqualTo(new HttpOptions(
                        HttpOptions.parse("", "10.0.0.1:10256", 0),
                        HttpOptions.parse("", "0.0.0.0:9999", 0),
                        HttpOptions.DEFAULT_STATUS,
                        true));
        assertThat(KubeProxyOptions.sync(config))
                .isEqualTo(new SyncOptions(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMinutes(1)));
        assertThat(KubeProxyOptions.addresses(
                        config, AddressMode.LOOPBACK, SourceAddressMode.AUTO, FirewallMark.DEFAULT))
                .isEqualTo(new AddressOptions(
                        AddressMode.LOOPBACK,
                        SourceAddressMode.NODE,
                        new NodePortSelection.Primary(),
                        false,
                        FirewallMark.DEFAULT));
        assertThat(KubeProxyOptions.services(config, Optional.empty()).externalIps())
                .isFalse();
    }

    @Test
    void defaultsOfTheFileAreThoseOfTheOptions() {
        KubeProxyConfig config = KubeProxyConfig.defaults();

        assertThat(KubeProxyOptions.http(config)).isEqualTo(HttpOptions.DEFAULT);
        assertThat(KubeProxyOptions.sync(config)).isEqualTo(SyncOptions.DEFAULT);
        assertThat(KubeProxyOptions.services(config, Optional.empty())).isEqualTo(ServiceOptions.DEFAULT);
        assertThat(KubeProxyOptions.addresses(config, AddressMode.AUTO, SourceAddressMode.AUTO, FirewallMark.DEFAULT))
                .isEqualTo(AddressOptions.DEFAULT);
    }

    @Test
    void unknownFieldsAreNamedAndLeftOut() {
        KubeProxyConfigFile file = parse("enableWarpDrive: true\nconntrack: {max: 1, min: 2}\n");

        assertThat(file.unknownFields()).containsExactly("enableWarpDrive", "conntrack.max");
        assertThat(file.config().number("conntrack.min")).isEqualTo(2);
    }

    @Test
    void jsonMayBeIndentedWithTabs() {
        String json = "{\n\t\"kind\": \"KubeProxyConfiguration\",\n\t\"apiVersion\":"
                + " \"kubeproxy.config.k8s.io/v1alpha1\",\n\t\"hostnameOverride\": \"n1\"\n}";
        assertThat(KubeProxyConfigFile.parse("f", json).config().text("hostnameOverride"))
                .isEqualTo("n1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "iptables: {syncPeriod: 5}; iptables.syncPeriod: 5 (expected: a duration such as 1s, 1m30s or 100ms)",
                "conntrack: {min: many}; conntrack.min: \"many\" (expected: a number)",
                "enableProfiling: maybe; enableProfiling: \"maybe\" (expected: true or false)",
                "nodePortAddresses: primary; nodePortAddresses: \"primary\" (expected: a list)",
                "iptables: 5; iptables: 5 (expected: fields of its own)",
                "featureGates: {A: 1}; featureGates: {\"A\":1} (expected: pairs such as NAME=true)"
            })
    void fieldsOfTheWrongTypeAreNamed(String yaml, String message) {
        assertThatThrownBy(() -> parse(yaml)).isInstanceOf(InvalidOption.class).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "kind: ConfigMap\\napiVersion: v1; f: kind ConfigMap of v1 (expected: kind KubeProxyConfiguration of",
                "''; f: empty (expected: kind KubeProxyConfiguration of",
                "just words; f: empty (expected: kind KubeProxyConfiguration of",
                "a: b: c; f: mapping values are not allowed here at line 1, column 5 (expected: YAML or JSON)"
            })
    void otherFilesAreRefusedByName(String content, String message) {
        assertThatThrownBy(() -> KubeProxyConfigFile.parse("f", content.replace("\\n", "\n")))
                .isInstanceOf(InvalidOption.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void configzShowsTheConfigurationAsKubeProxyDoes() throws IOException {
        AgentOptions options = AgentOptions.defaultsFor(
                SourceOptions.ApiServer.DEFAULT,
                new NodeOptions(
                        "n1", Optional.empty(), IpAddresses.parse("0.0.0.0").orElseThrow()));

        JsonNode shown =
                new ObjectMapper().readTree(ConfigzDocument.of(options)).path("kubeproxy.config.k8s.io");

        assertThat(shown.path("kind").asText()).isEqualTo("KubeProxyConfiguration");
        assertThat(shown.path("apiVersion").asText()).isEqualTo("kubeproxy.config.k8s.io/v1alpha1");
        assertThat(shown.path("iptables").path("minSyncPeriod").asText()).isEqualTo("1s");
        assertThat(shown.path("oomScoreAdj").asInt()).isEqualTo(-999);
        assertThat(shown.path("nodePortAddresses").isNull()).isTrue();
    }

    @Test
    void whatIsWrittenReadsBackTheSame() {
        KubeProxyConfig config = read("kind-config.conf").config();
        assertThat(KubeProxyConfigFile.parse("f", config.toYaml()).config().toYaml())
                .isEqualTo(config.toYaml());
    }

    private static KubeProxyConfigFile parse(String yaml) {
        return KubeProxyConfigFile.parse("f", HEAD + yaml);
    }

    private static KubeProxyConfigFile read(String resource) {
        try (InputStream in = KubeProxyConfigFileTest.class.getResourceAsStream(resource)) {
            return KubeProxyConfigFile.parse(resource, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
