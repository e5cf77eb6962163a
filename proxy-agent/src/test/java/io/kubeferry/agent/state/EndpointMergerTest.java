package io.kubeferry.agent.state;

import static io.kubeferry.agent.state.Records.NOT_READY;
import static io.kubeferry.agent.state.Records.READY;
import static io.kubeferry.agent.state.Records.TERMINATING;
import static io.kubeferry.agent.state.Records.pod;
import static io.kubeferry.agent.state.Records.pods;
import static io.kubeferry.agent.state.Records.ports;
import static io.kubeferry.agent.state.Records.slice;
import static io.kubeferry.agent.state.Records.tcp;
import static io.kubeferry.agent.state.Records.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.EndpointConditions;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Protocol;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class EndpointMergerTest {
    record Row(String sentence, List<EndpointConditions> read, EndpointConditions expected) {
        @Override
        public String toString() {
            return sentence;
        }
    }

    static final List<Row> DUPLICATES = List.of(
            new Row("the one read last counts", List.of(NOT_READY, READY), READY),
            new Row("the one read last counts, even if it is not ready", List.of(READY, NOT_READY), NOT_READY),
            new Row("a terminating one does not replace another", List.of(READY, TERMINATING), READY),
            new Row("a terminating one is replaced", List.of(TERMINATING, READY), READY),
            new Row(
                    "a terminating one does not replace one that is not ready",
                    List.of(NOT_READY, TERMINATING),
                    NOT_READY),
            new Row("a terminating one alone counts", List.of(TERMINATING), TERMINATING),
            new Row(
                    "of several, the last that is not terminating",
                    List.of(TERMINATING, NOT_READY, READY, TERMINATING),
                    READY));

    @ParameterizedTest
    @FieldSource("DUPLICATES")
    void sameAddressAndPortInSeveralSlicesIsOneEndpoint(Row row) {
        List<SliceRecord> slices = row.read.stream()
                .map(conditions -> slice("s", "web", ports(tcp("", 8080)), pod("10.1.0.1", "n2", conditions)))
                .toList();
        assertThat(endpoints(EndpointMerger.merge(slices), ""))
                .extracting(Endpoint::conditions)
                .containsExactly(row.expected);
    }

    @Test
    void endpointsOfAllSlicesAreSortedByAddressAndPort() {
        List<SliceRecord> slices = List.of(
                slice("a", "web", ports(tcp("", 8080)), pods("10.1.0.10", "10.1.0.9")),
                slice("b", "web", ports(tcp("", 80)), pods("10.1.0.9")));
        assertThat(texts(endpoints(EndpointMerger.merge(slices), "")))
                .containsExactly("10.1.0.9:80", "10.1.0.9:8080", "10.1.0.10:8080");
    }

    @Test
    void portsAreJoinedByNameWithWhateverNumberEachSliceHas() {
        Map<EndpointMerger.SlicePort, List<Endpoint>> merged = EndpointMerger.merge(List.of(
                slice("a", "web", ports(tcp("http", 8080), tcp("tls", 8443)), pods("10.1.0.1")),
                slice("b", "web", ports(tcp("http", 9090)), pods("10.1.0.2"))));
        assertThat(texts(endpoints(merged, "http"))).containsExactly("10.1.0.1:8080", "10.1.0.2:9090");
        assertThat(texts(endpoints(merged, "tls"))).containsExactly("10.1.0.1:8443");
    }

    @Test
    void protocolsAndFamiliesAreKeptApart() {
        Map<EndpointMerger.SlicePort, List<Endpoint>> merged = EndpointMerger.merge(List.of(
                slice("a", "web", ports(tcp("p", 1), new SliceRecord.Port("p", Protocol.UDP, 2)), pods("10.1.0.1")),
                slice("b", "web", ports(tcp("p", 1)), pods("fd00::1"))));
        assertThat(texts(endpoints(merged, IpFamily.IPV4, "p", Protocol.TCP))).containsExactly("10.1.0.1:1");
        assertThat(texts(endpoints(merged, IpFamily.IPV4, "p", Protocol.UDP))).containsExactly("10.1.0.1:2");
        assertThat(texts(endpoints(merged, IpFamily.IPV6, "p", Protocol.TCP))).containsExactly("[fd00::1]:1");
    }

    @Test
    void twoNumbersUnderOneNameInOneSliceAreBothUsed() {
        assertThat(texts(endpoints(
                        EndpointMerger.merge(
                                List.of(slice("a", "web", ports(tcp("p", 2), tcp("p", 1)), pods("10.1.0.1")))),
                        "p")))
                .containsExactly("10.1.0.1:1", "10.1.0.1:2");
    }

    private static List<Endpoint> endpoints(Map<EndpointMerger.SlicePort, List<Endpoint>> merged, String port) {
        return endpoints(merged, IpFamily.IPV4, port, Protocol.TCP);
    }

    private static List<Endpoint> endpoints(
            Map<EndpointMerger.SlicePort, List<Endpoint>> merged, IpFamily family, String port, Protocol protocol) {
        return merged.getOrDefault(new EndpointMerger.SlicePort(family, port, protocol), List.of());
    }
}
