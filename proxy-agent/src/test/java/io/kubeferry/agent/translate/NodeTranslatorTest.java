package io.kubeferry.agent.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.NodeRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeTranslatorTest {
    @Test
    void internalAddressesComeBeforeExternalOnesAndTheRestIsNoAddress() {
        ClusterEvent event = NodeTranslator.translate(Yaml.node("""
                metadata: {name: n1, labels: {topology.kubernetes.io/zone: a}}
                status:
                  addresses:
                  - {type: Hostname, address: n1}
                  - {type: ExternalIP, address: 203.0.113.1}
                  - {type: InternalIP, address: 192.0.2.1}
                  - {type: InternalIP, address: 'fd00::1'}
                  - {type: InternalIP, address: 192.0.2.01}
                  - {type: InternalIP, address: n1.example}
                  - {type: InternalIP}
                  - {address: 192.0.2.9}
                  - null
                """));
        NodeRecord node = ((ClusterEvent.NodeApplied) event).node();
        assertThat(Yaml.texts(node.addresses())).containsExactly("192.0.2.1", "fd00::1", "203.0.113.1");
        assertThat(node.name()).isEqualTo("n1");
        assertThat(node.zone()).contains("a");
        assertThat(Yaml.skipped(event)).containsExactly("Node n1: InternalIP n1.example (expected: an IP address)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                                          | true",
                "{spec: {taints: null}}                                                      | true",
                "{spec: {taints: [null, {key: other, effect: NoExecute}]}}                   | true",
                "{spec: {taints: [{key: ToBeDeletedByClusterAutoscaler, effect: NoSchedule}]}} | false",
                "{spec: {taints: [{key: ToBeDeletedByClusterAutoscaler}]}}                   | false",
                "{metadata: {deletionTimestamp: '2024-05-06T07:08:09Z'}}                     | false",
                "{metadata: null, spec: null, status: null}                                  | true",
            })
    void nodeIsEligibleUntilItIsAboutToGo(String node, boolean eligible) {
        assertThat(((ClusterEvent.NodeApplied) NodeTranslator.translate(Yaml.node(node)))
                        .node()
                        .eligible())
                .isEqualTo(eligible);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"labels: null", "labels: {}", "labels: {topology.kubernetes.io/zone: ''}"})
    void emptyZoneIsNone(String labels) {
        assertThat(((ClusterEvent.NodeApplied)
                                NodeTranslator.translate(Yaml.node("{metadata: {name: n1, " + labels + "}}")))
                        .node()
                        .zone())
                .isEmpty();
    }
}
