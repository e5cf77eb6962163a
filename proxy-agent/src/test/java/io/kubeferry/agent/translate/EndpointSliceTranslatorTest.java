package io.kubeferry.agent.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.SliceRecord;
import io.kubeferry.core.model.EndpointConditions;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.TopologyHints;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class EndpointSliceTranslatorTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no label at all         | {namespace: shop, name: s} | IPv4 | label kubernetes.io/service-name none (expected: the name of its Service)",
                "an empty Service name   | {namespace: shop, name: s, labels: {kubernetes.io/service-name: ''}} | IPv4 | label kubernetes.io/service-name none (expected: the name of its Service)",
                "addresses that are names| {namespace: shop, name: s, labels: {kubernetes.io/service-name: web}} | FQDN | addressType FQDN (expected: IPv4 or IPv6)",
                "no address type         | {namespace: shop, name: s, labels: {kubernetes.io/service-name: web}} | null | addressType none (expected: IPv4 or IPv6)",
            })
    void wholeSliceIsLeftOutFor(String sentence, String metadata, String addressType, String reason) {
        ClusterEvent event = EndpointSliceTranslator.translate(
                Yaml.slice("{metadata: " + metadata + ", addressType: " + addressType + "}"));
        assertThat(event).isInstanceOf(ClusterEvent.SliceIgnored.class);
        assertThat(Yaml.skipped(event)).as(sentence).containsExactly("EndpointSlice shop/s: " + reason);
    }

    @Test
    void sliceWithoutNameIsLeftOut() {
        assertThat(Yaml.skipped(EndpointSliceTranslator.translate(Yaml.slice("{addressType: IPv4}"))))
                .containsExactly("EndpointSlice default/: metadata.name none (expected: a name)");
    }

    record Row(String sentence, String ports, String endpoints, List<String> skipped) {
        @Override
        public String toString() {
            return sentence;
        }
    }

    private static Row port(String sentence, String port, String... skipped) {
        return new Row(
                sentence, "[" + port + ", {name: ok, port: 8080}]", "[{addresses: [10.1.0.1]}]", List.of(skipped));
    }

    private static Row endpoint(String sentence, String endpoint, String... skipped) {
        return new Row(
                sentence, "[{name: ok, port: 8080}]", "[" + endpoint + ", {addresses: [10.1.0.1]}]", List.of(skipped));
    }

    /** Beside the good port {@code ok} and the good endpoint 10.1.0.1. */
    static final List<Row> PARTS = List.of(
            port("a null port", "null", "EndpointSlice shop/web-1: ports[0] none (expected: a port)"),
            port(
                    "all ports, which kube-proxy does not do either",
                    "{name: all}",
                    "EndpointSlice shop/web-1 port all: port none (expected: 1..65535)"),
            port("port 0", "{name: a, port: 0}", "EndpointSlice shop/web-1 port a: port 0 (expected: 1..65535)"),
            port("port 70000", "{port: 70000}", "EndpointSlice shop/web-1 port 70000: port 70000 (expected: 1..65535)"),
            port(
                    "a protocol nobody knows",
                    "{name: a, port: 1, protocol: QUIC}",
                    "EndpointSlice shop/web-1 port a: protocol QUIC (expected: TCP, UDP or SCTP)"),
            endpoint("a null endpoint", "null", "EndpointSlice shop/web-1: endpoints[0] none (expected: an endpoint)"),
            endpoint(
                    "an endpoint without address",
                    "{addresses: []}",
                    "EndpointSlice shop/web-1: endpoints[0].addresses[0] none (expected: an IPv4 address)"),
            endpoint(
                    "null addresses",
                    "{addresses: null}",
                    "EndpointSlice shop/web-1: endpoints[0].addresses[0] none (expected: an IPv4 address)"),
            endpoint(
                    "a null first address, whatever comes after it",
                    "{addresses: [null, 10.1.0.2]}",
                    "EndpointSlice shop/web-1: endpoints[0].addresses[0] none (expected: an IPv4 address)"),
            endpoint(
                    "a name for an address",
                    "{addresses: [pod.example]}",
                    "EndpointSlice shop/web-1: endpoints[0].addresses[0] pod.example (expected: an IPv4 address)"),
            endpoint(
                    "an address of the other family",
                    "{addresses: ['fd00::1']}",
                    "EndpointSlice shop/web-1: endpoints[0].addresses[0] fd00::1 (expected: an IPv4 address)"),
            endpoint(
                    "a loopback address",
                    "{addresses: [127.0.0.1]}",
                    "EndpointSlice shop/web-1: endpoints[0].addresses[0] 127.0.0.1"
                            + " (expected: not loopback, which is another one on every node)"),
            endpoint(
                    "a link-local address",
                    "{addresses: [169.254.169.254]}",
                    "EndpointSlice shop/web-1: endpoints[0].addresses[0] 169.254.169.254"
                            + " (expected: not link-local, multicast or unspecified)"),
            endpoint(
                    "no particular address",
                    "{addresses: [0.0.0.0]}",
                    "EndpointSlice shop/web-1: endpoints[0].addresses[0] 0.0.0.0"
                            + " (expected: not link-local, multicast or unspecified)"));

    @ParameterizedTest
    @FieldSource("PARTS")
    void oneBadValueCostsOnlyItself(Row row) {
        ClusterEvent event = EndpointSliceTranslator.translate(Yaml.sliceWith(row.ports, row.endpoints));
        assertThat(Yaml.skipped(event)).isEqualTo(row.skipped);
        SliceRecord slice = ((ClusterEvent.SliceApplied) event).slice();
        assertThat(slice.ports())
                .extracting(port -> port.name() + ":" + port.number())
                .containsExactly("ok:8080");
        assertThat(addresses(slice)).containsExactly("10.1.0.1");
    }

    @Test
    void manifestsMayHaveLoopbackEndpointsButNoLinkLocalOnes() {
        ClusterEvent event = EndpointSliceTranslator.translate(
                Yaml.sliceWith("[{port: 80}]", "[{addresses: [127.0.0.1]}, {addresses: [169.254.0.1]}]"),
                LoopbackEndpoints.ALLOWED);
        assertThat(addresses(((ClusterEvent.SliceApplied) event).slice())).containsExactly("127.0.0.1");
    }

    @Test
    void onlyTheFirstAddressOfAnEndpointCounts() {
        assertThat(addresses(Yaml.used(Yaml.sliceWith("[]", "[{addresses: [10.1.0.01, 10.1.0.2, nonsense]}]"))))
                .containsExactly("10.1.0.1");
    }

    @Test
    void portsMayRepeatANameWithOtherNumbersAndProtocols() {
        SliceRecord slice = Yaml.used(Yaml.sliceWith(
                "[{name: a, port: 1}, {name: a, port: 2}, {name: a, port: 1, protocol: UDP}, {port: 3}]", "[]"));
        assertThat(slice.ports())
                .extracting(port -> port.name() + ":" + port.number() + "/" + port.protocol())
                .containsExactly("a:1/TCP", "a:2/TCP", "a:1/UDP", ":3/TCP");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null                                             | true  | true  | false",
                "{}                                               | true  | true  | false",
                "{ready: null, serving: null, terminating: null}  | true  | true  | false",
                "{ready: false}                                   | false | true  | false",
                "{ready: false, serving: false}                   | false | false | false",
                "{ready: false, serving: true, terminating: true} | false | true  | true",
                "{ready: true, serving: false, terminating: true} | true  | false | true",
            })
    void absentConditionsMeanReadyServingAndNotTerminating(
            String conditions, boolean ready, boolean serving, boolean terminating) {
        assertThat(onlyMember("{addresses: [10.1.0.1], conditions: " + conditions + "}")
                        .conditions())
                .isEqualTo(new EndpointConditions(ready, serving, terminating));
    }

    @Test
    void hintsNameZonesAndNodes() {
        assertThat(onlyMember("""
                {addresses: [10.1.0.1],
                 hints: {forZones: [{name: a}, null, {name: b}, {}], forNodes: [{name: n1}, {name: ''}]}}""").hints()).isEqualTo(new TopologyHints(Set.of("a", "b"), Set.of("n1")));
        assertThat(onlyMember("{addresses: [10.1.0.1], hints: {forZones: null, forNodes: []}}")
                        .hints())
                .isEqualTo(TopologyHints.NONE);
    }

    @Test
    void nodeNameIsKeptAsItStandsAndAnEmptyOneIsNone() {
        assertThat(onlyMember("{addresses: [10.1.0.1], nodeName: Node-1}").nodeName())
                .contains("Node-1");
        assertThat(onlyMember("{addresses: [10.1.0.1], nodeName: ''}").nodeName())
                .isEmpty();
        assertThat(onlyMember("{addresses: [10.1.0.1]}").nodeName()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'2024-05-06T07:08:09Z',           2024-05-06T07:08:09Z",
        "'2024-05-06T07:08:09.123456789Z', 2024-05-06T07:08:09.123456789Z",
        "'2024-05-06T09:08:09+02:00',      2024-05-06T07:08:09Z",
        "yesterday,",
        "'',",
    })
    void lastChangeIsReadFromItsAnnotation(String annotation, Instant expected) {
        SliceRecord slice = Yaml.used(Yaml.slice("""
                metadata:
                  namespace: shop
                  name: web-1
                  labels: {kubernetes.io/service-name: web}
                  annotations: {endpoints.kubernetes.io/last-change-trigger-time: '%s'}
                addressType: IPv6
                """.formatted(annotation)));
        assertThat(slice.lastChange().orElse(null)).isEqualTo(expected);
    }

    private static SliceRecord.Member onlyMember(String endpoint) {
        return Yaml.used(Yaml.sliceWith("[]", "[" + endpoint + "]")).members().getFirst();
    }

    private static List<String> addresses(SliceRecord slice) {
        return slice.members().stream()
                .map(member -> IpAddresses.format(member.address()))
                .toList();
    }
}
