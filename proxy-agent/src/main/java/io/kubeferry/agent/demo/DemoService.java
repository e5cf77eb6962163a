package io.kubeferry.agent.demo;

import java.util.List;
import java.util.Optional;

/**
 * A Service of the demo. Immutable.
 *
 * @param what it shows, in a few words
 * @param nodePort the port for clients outside, where it has one
 * @param local whether {@code externalTrafficPolicy} is Local
 * @param endpoints its pods
 */
record DemoService(
        String name,
        String what,
        String clusterIp,
        Optional<Integer> nodePort,
        boolean local,
        List<DemoEndpoint> endpoints) {
    /** A pod: a backend that pretends to run on {@code node}. */
    record DemoEndpoint(DemoBackends.DemoBackend backend, String node) {}

    /** The Service and its EndpointSlices, as a user would write them. */
    String manifest() {
        StringBuilder yaml = new StringBuilder();
        yaml.append("""
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: demo}
                spec:
                  type: %s
                  clusterIP: %s
                  clusterIPs: [%s]
                  externalTrafficPolicy: %s
                  ports:
                  - {name: http, protocol: TCP, port: 80%s}
                """.formatted(
                        name,
                        nodePort.isPresent() ? "NodePort" : "ClusterIP",
                        clusterIp,
                        clusterIp,
                        local ? "Local" : "Cluster",
                        nodePort.map(port -> ", nodePort: " + port).orElse("")));
        for (DemoEndpoint endpoint : endpoints) {
            // Pods usually share a port number; here they share an address, so each gets a slice for its own number.
            yaml.append("""
                    ---
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata:
                      name: %s-%s
                      namespace: demo
                      labels: {kubernetes.io/service-name: %s}
                    addressType: IPv4
                    ports:
                    - {name: http, protocol: TCP, port: %d}
                    endpoints:
                    - {addresses: [127.0.0.1], nodeName: %s}
                    """.formatted(
                    name, endpoint.backend().name(), name, endpoint.backend().port(), endpoint.node()));
        }
        return yaml.toString();
    }
}
