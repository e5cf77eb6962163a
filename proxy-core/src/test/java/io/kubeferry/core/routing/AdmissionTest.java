package io.kubeferry.core.routing;

import static io.kubeferry.core.routing.ClientOrigin.NODE;
import static io.kubeferry.core.routing.ClientOrigin.OUTSIDE;
import static io.kubeferry.core.routing.ClientOrigin.POD;
import static io.kubeferry.core.testing.SampleEndpoint.endpoint;
import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.testing.SampleEndpoint;
import io.kubeferry.core.testing.SampleServicePort;
import io.kubeferry.core.testing.Snapshots;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class AdmissionTest {
    private static final String ALL = "SERVE 10.244.1.1:80 10.244.2.1:80";
    private static final String LOCAL = "SERVE 10.244.1.1:80";

    /** The flow matrix of kube-proxy's TestInternalExternalMasquerade, then what is not served, row by row. */
    static final List<Case> CASES = List.of(
            at(ServiceAddressKind.CLUSTER_IP, "Cluster", "Cluster")
                    .with("n1 n2")
                    .gives(ALL, ALL, ALL),
            at(ServiceAddressKind.NODE_PORT, "Cluster", "Cluster").with("n1 n2").gives(ALL, ALL, ALL),
            at(ServiceAddressKind.LOAD_BALANCER, "Cluster", "Cluster")
                    .with("n1 n2")
                    .gives(ALL, ALL, ALL),
            at(ServiceAddressKind.EXTERNAL_IP, "Cluster", "Cluster")
                    .with("n1 n2")
                    .gives(ALL, ALL, ALL),
            at(ServiceAddressKind.CLUSTER_IP, "Cluster", "Local").with("n1 n2").gives(ALL, ALL, ALL),
            at(ServiceAddressKind.NODE_PORT, "Cluster", "Local").with("n1 n2").gives(ALL, ALL, LOCAL),
            at(ServiceAddressKind.LOAD_BALANCER, "Cluster", "Local")
                    .with("n1 n2")
                    .gives(ALL, ALL, LOCAL),
            at(ServiceAddressKind.EXTERNAL_IP, "Cluster", "Local").with("n1 n2").gives(ALL, ALL, LOCAL),
            at(ServiceAddressKind.CLUSTER_IP, "Local", "Cluster").with("n1 n2").gives(LOCAL, LOCAL, LOCAL),
            at(ServiceAddressKind.NODE_PORT, "Local", "Cluster").with("n1 n2").gives(ALL, ALL, ALL),
            at(ServiceAddressKind.LOAD_BALANCER, "Local", "Local").with("n1 n2").gives(ALL, ALL, LOCAL),
            at(ServiceAddressKind.CLUSTER_IP, "Local", "Cluster").with("n2").gives("DROP", "DROP", "DROP"),
            at(ServiceAddressKind.NODE_PORT, "Cluster", "Local")
                    .with("n2")
                    .gives("SERVE 10.244.2.1:80", "SERVE 10.244.2.1:80", "DROP"),
            at(ServiceAddressKind.LOAD_BALANCER, "Local", "Local")
                    .with("n2")
                    .gives("SERVE 10.244.2.1:80", "SERVE 10.244.2.1:80", "DROP"),
            at(ServiceAddressKind.CLUSTER_IP, "Cluster", "Cluster").with("").gives("REFUSE", "REFUSE", "REFUSE"),
            at(ServiceAddressKind.CLUSTER_IP, "Local", "Cluster").with("").gives("REFUSE", "REFUSE", "REFUSE"),
            at(ServiceAddressKind.NODE_PORT, "Cluster", "Local").with("").gives("REFUSE", "REFUSE", "REFUSE"),
            at(ServiceAddressKind.EXTERNAL_IP, "Local", "Local").with("").gives("REFUSE", "REFUSE", "REFUSE"));

    @ParameterizedTest
    @FieldSource("CASES")
    void aClientGets(Case given) {
        SampleServicePort sample = servicePort("shop/web").nodePort(30080);
        if (given.internal.equals("Local")) {
            sample.internalLocal();
        }
        if (given.external.equals("Local")) {
            sample.externalLocal();
        }
        ServicePort web = sample.endpoints(given.endpoints()).build();
        UsableEndpoints usable = EndpointCategorizer.categorize(web, Snapshots.nodeInZone("n1", "a"));

        assertThat(List.of(
                        shown(Admission.decide(given.kind, web.rules(), usable, POD)),
                        shown(Admission.decide(given.kind, web.rules(), usable, NODE)),
                        shown(Admission.decide(given.kind, web.rules(), usable, OUTSIDE))))
                .containsExactly(given.pod, given.node, given.outside);
    }

    @Test
    void whereTheRangeOfPodsIsUnknownAPodIsAnOutsider() {
        assertThat(ClientOrigin.of(Snapshots.address("10.244.1.9"), List.of(), List.of()))
                .isEqualTo(OUTSIDE);
    }

    private static String shown(Admission admission) {
        return (admission.verdict() + " "
                        + admission.endpoints().stream().map(Object::toString).collect(Collectors.joining(" ")))
                .strip();
    }

    private static Case at(ServiceAddressKind kind, String internal, String external) {
        return new Case(kind, internal, external, "", "", "", "");
    }

    /** What a pod, the node and an outsider get at an address of a Service whose endpoints are on {@code nodes}. */
    record Case(
            ServiceAddressKind kind,
            String internal,
            String external,
            String nodes,
            String pod,
            String node,
            String outside) {
        Case with(String where) {
            return new Case(kind, internal, external, where, pod, node, outside);
        }

        Case gives(String toPod, String toNode, String toOutsider) {
            return new Case(kind, internal, external, nodes, toPod, toNode, toOutsider);
        }

        SampleEndpoint[] endpoints() {
            return nodes.lines()
                    .flatMap(line -> List.of(line.split(" ")).stream())
                    .filter(name -> !name.isEmpty())
                    .map(name ->
                            endpoint("10.244." + name.substring(1) + ".1:80").onNode(name))
                    .toArray(SampleEndpoint[]::new);
        }

        @Override
        public String toString() {
            return kind.displayName() + ", internal " + internal + ", external " + external + ", endpoints on [" + nodes
                    + "]: pod " + pod + ", node " + node + ", outside " + outside;
        }
    }
}
