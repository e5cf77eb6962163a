package io.kubeferry.agent.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDRBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ClusterState;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePort;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever an object looks like: nothing is thrown, and its neighbours are served as before. */
class MalformedObjectsTest {
    private static final int OBJECTS_PER_KIND = 400;
    private static final KubernetesSerialization JSON = new KubernetesSerialization();

    private static final Service SERVICE = Yaml.service("""
            metadata:
              {namespace: shop, name: web, creationTimestamp: '2024-05-06T07:08:09Z', labels: {app: web}}
            spec:
              type: LoadBalancer
              clusterIP: 10.0.0.1
              clusterIPs: [10.0.0.1, 'fd00::1']
              ipFamilies: [IPv4, IPv6]
              externalIPs: [198.51.100.1, '2001:db8::1']
              externalTrafficPolicy: Local
              internalTrafficPolicy: Cluster
              healthCheckNodePort: 32000
              loadBalancerSourceRanges: [192.0.2.0/24, 'fd00::/8']
              sessionAffinity: ClientIP
              sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
              ports:
              - {name: a, port: 80, nodePort: 30080, protocol: TCP}
              - {name: b, port: 53, nodePort: 30053, protocol: UDP}
              - {name: c, port: 443, nodePort: 30443}
            status:
              loadBalancer: {ingress: [{ip: 203.0.113.1, ipMode: VIP}, {ip: 203.0.113.2, ipMode: Proxy}]}
            """);

    private static final EndpointSlice SLICE = Yaml.slice("""
            metadata:
              namespace: shop
              name: web-1
              labels: {kubernetes.io/service-name: web}
              annotations: {endpoints.kubernetes.io/last-change-trigger-time: '2024-05-06T07:08:09Z'}
            addressType: IPv4
            ports: [{name: a, port: 8080, protocol: TCP}, {name: c, port: 8443}]
            endpoints:
            - addresses: [10.1.0.1]
              nodeName: n1
              conditions: {ready: true, serving: true, terminating: false}
              hints: {forZones: [{name: z}], forNodes: [{name: n1}]}
            - {addresses: [10.1.0.2, 10.1.0.3], conditions: {ready: false}}
            """);

    private static final Node NODE = Yaml.node("""
            metadata: {name: n1, labels: {topology.kubernetes.io/zone: z}}
            spec: {taints: [{key: ToBeDeletedByClusterAutoscaler, effect: NoSchedule}]}
            status: {addresses: [{type: InternalIP, address: 192.0.2.1}, {type: ExternalIP, address: 203.0.113.9}]}
            """);

    private static final ServiceCIDR SERVICE_CIDR = new ServiceCIDRBuilder()
            .withNewMetadata()
            .withName("kubernetes")
            .endMetadata()
            .withNewSpec()
            .withCidrs("10.96.0.0/16", "fd96::/112")
            .endSpec()
            .build();

    private final ClusterState state = new ClusterState("n1", Optional.empty(), Instant.EPOCH);

    private ServicePort addNeighbour() {
        state.apply(ServiceTranslator.translate(Yaml.service("""
                {metadata: {namespace: shop, name: good}, spec: {clusterIP: 10.0.0.99, ports: [{port: 80}]}}""")));
        state.apply(EndpointSliceTranslator.translate(Yaml.slice("""
                metadata: {namespace: shop, name: good-1, labels: {kubernetes.io/service-name: good}}
                addressType: IPv4
                ports: [{name: '', port: 8080}]
                endpoints: [{addresses: [10.1.0.99]}]
                """)));
        return neighbour();
    }

    private ServicePort neighbour() {
        ProxySnapshot snapshot = state.snapshot();
        return snapshot.servicePorts().values().stream()
                .filter(entry -> entry.name().service().equals("good"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void spoiledObjectsThrowNothingAndLeaveTheirNeighboursAlone(long seed) {
        ObjectMutator mutator = new ObjectMutator(new Random(seed));
        ServicePort neighbour = addNeighbour();
        WatchFilter filter = new WatchFilter(Optional.of("ferry"));
        for (int i = 0; i < OBJECTS_PER_KIND; i++) {
            Service service = spoiled(SERVICE, Service.class, mutator);
            EndpointSlice slice = spoiled(SLICE, EndpointSlice.class, mutator);
            filter.hide(service);
            filter.hide(slice);
            for (ClusterEvent event : List.of(
                    ServiceTranslator.translate(service),
                    EndpointSliceTranslator.translate(slice),
                    NodeTranslator.translate(spoiled(NODE, Node.class, mutator)),
                    ServiceCidrTranslator.translate(spoiled(SERVICE_CIDR, ServiceCIDR.class, mutator)))) {
                assertThat(Yaml.skipped(event))
                        .allMatch(line -> line.length() < 600 && line.chars().noneMatch(Character::isISOControl));
                state.apply(event);
            }
            assertThat(neighbour()).isSameAs(neighbour);
        }
        assertThat(state.skipped()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void spoiledPortOrEndpointLeavesItsSiblingsAlone(long seed) {
        ObjectMutator mutator = new ObjectMutator(new Random(seed));
        for (int i = 0; i < OBJECTS_PER_KIND; i++) {
            JsonNode service = JSON.convertValue(SERVICE, JsonNode.class);
            mutator.spoil(service.path("spec").path("ports").path(0));
            assertThat(Yaml.served(JSON.convertValue(service, Service.class)).ports())
                    .anyMatch(port -> port.name().equals("c") && port.number() == 443);

            JsonNode slice = JSON.convertValue(SLICE, JsonNode.class);
            mutator.spoil(slice.path("endpoints").path(1));
            mutator.spoil(slice.path("ports").path(0));
            assertThat(Yaml.used(JSON.convertValue(slice, EndpointSlice.class))).satisfies(read -> {
                assertThat(read.members()).contains(Yaml.used(SLICE).members().getFirst());
                assertThat(read.ports()).anyMatch(port -> port.number() == 8443);
            });
        }
    }

    private static <T> T spoiled(T object, Class<T> type, ObjectMutator mutator) {
        JsonNode json = JSON.convertValue(object, JsonNode.class);
        mutator.spoil(json);
        return JSON.convertValue(json, type);
    }
}
