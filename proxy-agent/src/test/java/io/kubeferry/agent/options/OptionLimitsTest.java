package io.kubeferry.agent.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.routing.NodePortSelection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionLimitsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final InetAddress ANY = IpAddresses.parse("0.0.0.0").orElseThrow();

    @Test
    void connectionOptionsKnowTheirLimits() {
        refused(() -> connections(Duration.ZERO, 3, SECOND), "--connect-timeout: 0s (expected: 1ms..5m)");
        refused(() -> connections(Duration.ofHours(1), 3, SECOND), "--connect-timeout: 1h0m0s (expected: 1ms..5m)");
        refused(() -> connections(SECOND, 0, SECOND), "--connect-attempts: 0 (expected: 1..10)");
        refused(() -> connections(SECOND, 11, SECOND), "--connect-attempts: 11 (expected: 1..10)");
        refused(() -> connections(SECOND, 3, SECOND.negated()), "--drain-timeout: -1s (expected: 0 or more)");
        refused(
                () -> new ConnectionOptions(SECOND, 3, SECOND, Optional.of(Duration.ofNanos(1))),
                "--idle-timeout: 1ns (expected: 1ms or more, or 0 for none)");
        assertThat(connections(SECOND, 10, Duration.ZERO).drainTimeout()).isZero();
    }

    @Test
    void syncOptionsKnowTheirLimits() {
        Duration half = Duration.ofSeconds(30);
        refused(() -> new SyncOptions(SECOND, Duration.ZERO, half), "--sync-period: 0s (expected: more than 0)");
        refused(
                () -> new SyncOptions(Duration.ofMinutes(1), half, half),
                "--min-sync-period: 1m0s (expected: 0..30s, the sync period)");
        refused(
                () -> new SyncOptions(SECOND.negated(), half, half),
                "--min-sync-period: -1s (expected: 0..30s, the sync period)");
        refused(() -> new SyncOptions(SECOND, half, Duration.ZERO), "--config-sync-period: 0s (expected: more than 0)");
        assertThat(new SyncOptions(half, half, half).minSyncPeriod()).isEqualTo(half);
    }

    @Test
    void otherOptionsKnowTheirLimits() {
        refused(
                () -> new TransportOptions(TransportPreference.AUTO, OptionalInt.of(0)),
                "--event-loops: 0 (expected: 1..1024)");
        refused(
                () -> new NodeOptions("  ", Optional.empty(), ANY),
                "--hostname-override:    (expected: the name of a Node)");
        refused(
                () -> new ServiceOptions(Optional.of("a b"), true, List.of()),
                "--service-proxy-name: a b (expected: the value of a label)");
        refused(
                () -> new ServiceOptions(Optional.empty(), true, cidrs("10.0.0.0/8", "11.0.0.0/8")),
                "--cluster-cidr: 10.0.0.0/8,11.0.0.0/8 (expected: one CIDR, or one of each family)");
        refused(
                () -> new SourceOptions.ApiServer(
                        Optional.empty(), Optional.empty(), Optional.of(URI.create("10.0.0.1")), List.of()),
                "--master: 10.0.0.1 (expected: a URL such as https://10.0.0.1:6443)");
        refused(
                () -> new SourceOptions.ApiServer(
                        Optional.empty(), Optional.empty(), Optional.empty(), List.of("a", "B")),
                "--namespace: B (expected: names of namespaces, separated by commas)");
    }

    @Test
    void nodeNamesAreTrimmedAndInLowerCase() {
        assertThat(new NodeOptions(" Node-1 ", Optional.of(" "), ANY))
                .isEqualTo(new NodeOptions("node-1", Optional.empty(), ANY));
    }

    @Test
    void theUnspecifiedBindAddressIsNoPrimaryAddress() {
        InetAddress address = IpAddresses.parse("10.0.0.1").orElseThrow();
        assertThat(new NodeOptions("n", Optional.empty(), ANY).primaryAddress()).isEmpty();
        assertThat(new NodeOptions("n", Optional.empty(), address).primaryAddress())
                .contains(address);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:80, 127.0.0.1, 80",
        "10.0.0.1, 10.0.0.1, 7",
        "[::1]:80, ::1, 80",
        "::1, ::1, 7",
        "0.0.0.0:65535, 0.0.0.0, 65535"
    })
    void bindAddressesMayLackThePort(String text, String ip, int port) {
        assertThat(HttpOptions.parse("--x", text, 7))
                .contains(new InetSocketAddress(IpAddresses.parse(ip).orElseThrow(), port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"foo", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:", ":80", "localhost:80", "[127.0.0.1]:80"})
    void otherBindAddressesAreRefused(String text) {
        assertThatThrownBy(() -> HttpOptions.parse("--metrics-bind-address", text, 7))
                .isInstanceOf(InvalidOption.class)
                .hasMessageStartingWith("--metrics-bind-address: " + text + " (expected: IP:PORT");
    }

    @Test
    void anEmptyBindAddressMeansNoServer() {
        assertThat(HttpOptions.parse("--x", "", 7)).isEmpty();
    }

    @Test
    void nodePortAddressesAreRangesOrPrimaryAlone() {
        assertThat(NodePortOption.parse(List.of())).isEqualTo(new NodePortSelection.Default());
        assertThat(NodePortOption.parse(List.of("primary"))).isEqualTo(new NodePortSelection.Primary());
        assertThat(NodePortOption.parse(List.of("10.0.0.0/8", "fd00::/8")))
                .isEqualTo(new NodePortSelection.Ranges(cidrs("10.0.0.0/8", "fd00::/8")));
        refused(
                () -> NodePortOption.parse(List.of("10.0.0.0/8", "primary")),
                "--nodeport-addresses: primary (expected: CIDRs such as 10.0.0.0/8, or primary alone)");
    }

    private static ConnectionOptions connections(Duration connectTimeout, int attempts, Duration drainTimeout) {
        return new ConnectionOptions(connectTimeout, attempts, drainTimeout, Optional.empty());
    }

    private static List<IpCidr> cidrs(String... texts) {
        return List.of(texts).stream()
                .map(text -> IpCidr.parse(text).orElseThrow())
                .toList();
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(InvalidOption.class).hasMessage(message);
    }
}
