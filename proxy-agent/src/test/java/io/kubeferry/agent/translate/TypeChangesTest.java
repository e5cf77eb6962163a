package io.kubeferry.agent.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.state.ClusterState;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A Service that changes is served as if it had never been anything else. */
class TypeChangesTest {
    enum Kind {
        CLUSTER_IP("{type: ClusterIP, clusterIP: 10.0.0.1, ports: [{port: 80}]}"),
        NODE_PORT("{type: NodePort, clusterIP: 10.0.0.1, ports: [{port: 80, nodePort: 30080}]}"),
        LOAD_BALANCER("""
                {type: LoadBalancer, clusterIP: 10.0.0.1, ports: [{port: 80, nodePort: 30080}],
                 externalTrafficPolicy: Local, healthCheckNodePort: 32000}"""),
        EXTERNAL_NAME("{type: ExternalName, externalName: web.example}"),
        EXTERNAL_NAME_WITH_LEFTOVERS("{type: ExternalName, clusterIP: 10.0.0.1, ports: [{port: 80}]}"),
        HEADLESS("{clusterIP: None, ports: [{port: 80}]}"),
        SAME_NUMBER_OVER_UDP_AND_TCP("""
                {type: NodePort, clusterIP: 10.0.0.1,
                 ports: [{name: u, port: 80, nodePort: 30080, protocol: UDP}, {name: t, port: 80, nodePort: 30080}]}"""),
        UDP_ONLY("{clusterIP: 10.0.0.1, ports: [{port: 80, protocol: UDP}]}"),
        IPV6("{clusterIP: 'fd00::1', ports: [{port: 80}]}"),
        DUAL_STACK("""
                {clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, 'fd00::1'], ipFamilies: [IPv4, IPv6],
                 ports: [{port: 80}, {name: b, port: 81}]}""");

        private final String spec;

        Kind(String spec) {
            this.spec = spec;
        }
    }

    static Stream<Arguments> changes() {
        return Arrays.stream(Kind.values())
                .flatMap(from -> Arrays.stream(Kind.values()).map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @MethodSource("changes")
    void nothingIsLeftOfWhatTheServiceWas(Kind from, Kind to) {
        ClusterState state = newState();
        become(state, from);
        Map<ServicePortKey, ServicePort> before = state.snapshot().servicePorts();
        boolean noticed = become(state, to);
        ClusterState fresh = newState();
        become(fresh, to);

        assertThat(state.snapshot().servicePorts()).isEqualTo(fresh.snapshot().servicePorts());
        assertThat(state.healthCheckNodePorts()).isEqualTo(fresh.healthCheckNodePorts());
        assertThat(state.skipped()).isEqualTo(fresh.skipped());
        assertThat(noticed).isEqualTo(!before.equals(fresh.snapshot().servicePorts()));
    }

    private static ClusterState newState() {
        return new ClusterState("n1", Optional.empty(), Instant.EPOCH);
    }

    private static boolean become(ClusterState state, Kind kind) {
        boolean noticed = state.apply(ServiceTranslator.translate(Yaml.serviceWith(kind.spec)));
        state.apply(EndpointSliceTranslator.translate(Yaml.sliceWith("[{port: 8080}]", "[{addresses: [10.1.0.1]}]")));
        state.snapshot();
        return noticed;
    }
}
