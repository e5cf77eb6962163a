package io.kubeferry.core.routing;

import static io.kubeferry.core.testing.SampleEndpoint.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.testing.SampleEndpoint;
import io.kubeferry.core.testing.SampleServicePort;
import io.kubeferry.core.testing.Snapshots;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The cases of kube-proxy's {@code TestCategorizeEndpoints} with the gate PreferSameTrafficDistribution on, where it is
 * locked since Kubernetes 1.35, and more that follow from its rules. The node is n1 unless a case says otherwise;
 * endpoint "5" is 10.244.0.5:80.
 */
class EndpointCategorizerTest {
    private static final NodeIdentity N1 = Snapshots.node("n1");
    private static final NodeIdentity N1_IN_A = Snapshots.nodeInZone("n1", "a");

    static final List<Case> HINTS = List.of(
            on(N1_IN_A, "zone hints on all endpoints leave those for this zone")
                    .given(
                            cluster(),
                            ep(3).forZones("a"),
                            ep(4).forZones("b"),
                            ep(5).forZones("c"),
                            ep(6).forZones("a"))
                    .cluster("3 6"),
            on(N1, "zone hints are ignored on a node without a zone")
                    .given(cluster(), ep(3).forZones("a"), ep(4).forZones("b"))
                    .cluster("3 4"),
            on(Snapshots.nodeInZone("n1", ""), "zone hints are ignored on a node whose zone label is empty")
                    .given(cluster(), ep(3).forZones("a"), ep(4).forZones("b"))
                    .cluster("3 4"),
            on(N1_IN_A, "an unready endpoint for this zone is not used")
                    .given(
                            cluster(),
                            ep(3).forZones("a"),
                            ep(4).forZones("b"),
                            ep(6).forZones("a").unready())
                    .cluster("3"),
            on(N1_IN_A, "one ready endpoint without a zone hint disables zone hints")
                    .given(cluster(), ep(3).forZones("a"), ep(4).forZones("b"), ep(5))
                    .cluster("3 4 5"),
            on(N1_IN_A, "an unready endpoint without a hint disables nothing")
                    .given(cluster(), ep(3).forZones("a"), ep(4).forZones("b"), ep(5).unready())
                    .cluster("3"),
            on(N1_IN_A, "zone hints are ignored where no ready endpoint is for this zone")
                    .given(cluster(), ep(3).forZones("b"), ep(4).forZones("c"))
                    .cluster("3 4"),
            on(N1_IN_A, "an unready endpoint's hint for this zone puts no zone hint in force")
                    .given(cluster(), ep(3).forZones("a").unready(), ep(4).forZones("b"), ep(5).forZones("c"))
                    .cluster("4 5"),
            on(N1_IN_A, "an endpoint may be for several zones")
                    .given(cluster(), ep(3).forZones("b", "a"), ep(4).forZones("b", "c"))
                    .cluster("3"),
            on(N1_IN_A, "node hints on all endpoints leave those for this node, not those for its zone")
                    .given(
                            cluster(),
                            ep(3).forNodes("n1").forZones("a"),
                            ep(4).forNodes("n2").forZones("b"),
                            ep(6).forNodes("n4").forZones("a"))
                    .cluster("3"),
            on(N1_IN_A, "where no node hint names this node, zone hints decide")
                    .given(
                            cluster(),
                            ep(3).forNodes("n3").forZones("a"),
                            ep(4).forNodes("n2").forZones("b"),
                            ep(6).forNodes("n4").forZones("a"))
                    .cluster("3 6"),
            on(N1_IN_A, "one ready endpoint without any hint disables node hints and zone hints")
                    .given(
                            cluster(),
                            ep(3).forNodes("n1").forZones("a"),
                            ep(4),
                            ep(5).forNodes("n3").forZones("c"))
                    .cluster("3 4 5"),
            on(N1_IN_A, "one ready endpoint without a node hint leaves the decision to zone hints")
                    .given(
                            cluster(),
                            ep(3).forNodes("n1").forZones("a"),
                            ep(4).forZones("a"),
                            ep(5).forNodes("n3").forZones("c"))
                    .cluster("3 4"),
            on(N1, "where neither node nor zone hints fit this node, all ready endpoints are used")
                    .given(
                            cluster(),
                            ep(3).forNodes("n2").forZones("a"),
                            ep(4).forNodes("n3").forZones("b"))
                    .cluster("3 4"),
            on(N1, "a node hint counts by its value, not by where the endpoint runs")
                    .given(
                            cluster(),
                            ep(3).onNode("n2").forNodes("n1"),
                            ep(4).onNode("n1").forNodes("n2"))
                    .cluster("3"),
            on(N1, "an endpoint may be for several nodes")
                    .given(cluster(), ep(3).forNodes("n2", "n1"), ep(4).forNodes("n2", "n3"))
                    .cluster("3"),
            on(N1, "an unready endpoint's node hint puts no node hint in force")
                    .given(cluster(), ep(3).forNodes("n1").unready(), ep(4).forNodes("n2"), ep(5).forNodes("n3"))
                    .cluster("4 5"),
            on(N1_IN_A, "hints do not narrow the Local list")
                    .given(
                            local().nodePort(30080),
                            ep(3).onNode("n1").forZones("a"),
                            ep(4).onNode("n1").forZones("b"),
                            ep(5).onNode("n2").forZones("c"),
                            ep(6).onNode("n2").forZones("a"))
                    .cluster("3 6")
                    .local("3 4"),
            on(N1_IN_A, "hints narrow the Cluster list beside an external Local policy")
                    .given(
                            cluster().externalLocal().nodePort(30080),
                            ep(0).onNode("n1").forZones("a"),
                            ep(1).onNode("n1").forZones("b"),
                            ep(2).onNode("n2").forZones("a"),
                            ep(3).onNode("n2").forZones("b"))
                    .cluster("0 2")
                    .local("0 1"),
            on(N1_IN_A, "hints do not narrow endpoints that serve while terminating")
                    .given(
                            cluster(),
                            ep(3).forZones("a").servingAndTerminating(),
                            ep(4).forZones("b").servingAndTerminating())
                    .cluster("3 4"));

    static final List<Case> POLICIES = List.of(
            on(N1, "without endpoints nothing is usable")
                    .given(cluster())
                    .cluster("")
                    .nowhere(),
            on(N1, "under the Cluster policy every ready endpoint is used")
                    .given(cluster(), ep(0).onNode("n1"), ep(1).onNode("n2"), ep(2))
                    .cluster("0 1 2"),
            on(N1, "under the internal Local policy only local endpoints are used")
                    .given(local(), ep(0).onNode("n1"), ep(1).onNode("n2"))
                    .local("0"),
            on(N1, "endpoints on other nodes are usable somewhere, but not here")
                    .given(local(), ep(0).onNode("n2"), ep(1))
                    .local(""),
            on(N1, "under the internal Local policy without any endpoint nothing is usable anywhere")
                    .given(local())
                    .local("")
                    .nowhere(),
            on(N1, "with a node port, the internal Local policy leaves the Cluster list to outsiders")
                    .given(local().nodePort(30080), ep(0).onNode("n1"), ep(1).onNode("n2"))
                    .cluster("0 1")
                    .local("0"),
            on(N1, "with both policies Local, both lists are there")
                    .given(local().externalLocal().nodePort(30080), ep(0).onNode("n1"), ep(1).onNode("n2"))
                    .cluster("0 1")
                    .local("0"),
            on(N1, "an external Local policy counts on a node port")
                    .given(cluster().externalLocal().nodePort(30080), ep(0).onNode("n1"), ep(1).onNode("n2"))
                    .cluster("0 1")
                    .local("0"),
            on(N1, "an external Local policy counts on an external IP")
                    .given(cluster().externalLocal().externalIps("192.0.2.1"), ep(0).onNode("n1"), ep(1).onNode("n2"))
                    .cluster("0 1")
                    .local("0"),
            on(N1, "an external Local policy counts on a load-balancer IP")
                    .given(
                            cluster().externalLocal().loadBalancerIps("192.0.2.1"),
                            ep(0).onNode("n1"),
                            ep(1).onNode("n2"))
                    .cluster("0 1")
                    .local("0"),
            on(N1, "an external Local policy is ignored on a port that outsiders cannot reach")
                    .given(cluster().externalLocal(), ep(0).onNode("n2"), ep(1).onNode("n1"))
                    .cluster("0 1"),
            on(N1, "an external Local policy does not bring the Cluster list back to an internal one")
                    .given(local().externalLocal(), ep(0).onNode("n2"), ep(1).onNode("n1"))
                    .local("1"),
            on(Snapshots.node(""), "on a node without a name no endpoint is local")
                    .given(local().nodePort(30080), ep(0), ep(1).onNode(""), ep(2).onNode("n1"))
                    .cluster("0 1 2")
                    .local(""),
            on(N1, "node names are compared exactly")
                    .given(local(), ep(0).onNode("N1"), ep(1).onNode("n1"), ep(2).onNode("n11"))
                    .local("1"));

    static final List<Case> CONDITIONS = List.of(
            on(N1, "an unready endpoint is not used")
                    .given(cluster(), ep(0).unready(), ep(1))
                    .cluster("1"),
            on(N1, "unready endpoints alone are as good as none")
                    .given(cluster(), ep(0).unready(), ep(1).terminating())
                    .cluster("")
                    .nowhere(),
            on(N1, "while one endpoint is ready, none that terminates is used")
                    .given(cluster(), ep(0).servingAndTerminating(), ep(1))
                    .cluster("1"),
            on(N1, "where none is ready, endpoints that serve while terminating are used")
                    .given(cluster(), ep(0).servingAndTerminating(), ep(1).terminating(), ep(2).unready())
                    .cluster("0"),
            on(N1, "where none is ready on this node, local ones that serve while terminating are used")
                    .given(local(), ep(0).onNode("n1").servingAndTerminating(), ep(1).onNode("n2"))
                    .local("0"),
            on(N1, "a ready endpoint elsewhere keeps local terminating ones off the Cluster list only")
                    .given(
                            cluster().externalLocal().nodePort(30080),
                            ep(0).onNode("n1").servingAndTerminating(),
                            ep(1).onNode("n2"))
                    .cluster("1")
                    .local("0"),
            on(N1, "a ready local endpoint keeps local terminating ones off both lists")
                    .given(
                            cluster().externalLocal().nodePort(30080),
                            ep(0).onNode("n1").servingAndTerminating(),
                            ep(1).onNode("n1"))
                    .cluster("1")
                    .local("1"),
            on(N1, "with both policies Local, all endpoints elsewhere and terminating, the Cluster list has them")
                    .given(
                            local().externalLocal().nodePort(30080),
                            ep(0).onNode("n2").servingAndTerminating(),
                            ep(1).onNode("n2").servingAndTerminating())
                    .cluster("0 1")
                    .local(""),
            on(N1, "under the internal Local policy, terminating endpoints elsewhere are usable somewhere")
                    .given(local(), ep(0).onNode("n2").servingAndTerminating())
                    .local(""),
            on(N1, "under the internal Local policy, unready endpoints elsewhere are usable nowhere")
                    .given(
                            local(),
                            ep(0).onNode("n2").unready(),
                            ep(1).onNode("n1").terminating())
                    .local("")
                    .nowhere());

    @ParameterizedTest
    @FieldSource({"HINTS", "POLICIES", "CONDITIONS"})
    void usableEndpoints(Case given) {
        UsableEndpoints usable =
                EndpointCategorizer.categorize(given.servicePort().build(), given.node());

        assertThat(usable).isEqualTo(new UsableEndpoints(given.clusterList(), given.localList(), given.anywhere()));
    }

    @Test
    void aListNobodyUsesIsEmptyForItsPolicy() {
        UsableEndpoints usable = EndpointCategorizer.categorize(
                local().endpoints(ep(0).onNode("n1")).build(), N1);

        assertThat(usable.under(TrafficPolicy.CLUSTER)).isEmpty();
    }

    /** Neither policy is Local. */
    private static SampleServicePort cluster() {
        return SampleServicePort.servicePort("shop/web");
    }

    /** The internal policy is Local. */
    private static SampleServicePort local() {
        return cluster().internalLocal();
    }

    private static SampleEndpoint ep(int number) {
        return endpoint("10.244.0." + number + ":80");
    }

    private static Case on(NodeIdentity node, String sentence) {
        return new Case(sentence, node, cluster(), Optional.empty(), Optional.empty(), true);
    }

    /**
     * One row.
     *
     * @param clusterList the expected Cluster list, absent unless the row names one
     * @param localList the expected Local list, absent unless the row names one
     * @param anywhere whether any endpoint is expected to be usable somewhere
     */
    record Case(
            String sentence,
            NodeIdentity node,
            SampleServicePort servicePort,
            Optional<List<Endpoint>> clusterList,
            Optional<List<Endpoint>> localList,
            boolean anywhere) {
        Case given(SampleServicePort port, SampleEndpoint... endpoints) {
            return new Case(sentence, node, port.endpoints(endpoints), clusterList, localList, anywhere);
        }

        Case cluster(String numbers) {
            return new Case(sentence, node, servicePort, Optional.of(named(numbers)), localList, anywhere);
        }

        Case local(String numbers) {
            return new Case(sentence, node, servicePort, clusterList, Optional.of(named(numbers)), anywhere);
        }

        Case nowhere() {
            return new Case(sentence, node, servicePort, clusterList, localList, false);
        }

        private List<Endpoint> named(String numbers) {
            List<String> targets = Stream.of(numbers.split(" "))
                    .filter(number -> !number.isEmpty())
                    .map(number -> "10.244.0." + number + ":80")
                    .toList();
            return servicePort.build().endpoints().stream()
                    .filter(endpoint -> targets.contains(endpoint.toString()))
                    .toList();
        }

        @Override
        public String toString() {
            return sentence;
        }
    }
}
