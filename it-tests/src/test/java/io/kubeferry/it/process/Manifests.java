package io.kubeferry.it.process;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Services and EndpointSlices as a user writes them, all in namespace {@code it}. */
public final class Manifests {
    /** The node that agents of these tests run on. */
    public static final String NODE = "here";

    /** What separates two documents. */
    public static final String NEXT = "---\n";

    private Manifests() {}

    /** A ClusterIP Service with one port {@code http}. */
    public static String service(String name, String clusterIp, int port) {
        return service(name, clusterIp, port, "type: ClusterIP", "");
    }

    /** A NodePort Service with one port {@code http} and {@code externalTrafficPolicy: policy}. */
    public static String nodePortService(String name, String clusterIp, int port, int nodePort, String policy) {
        return service(
                name, clusterIp, port, "type: NodePort\n  externalTrafficPolicy: " + policy, ", nodePort: " + nodePort);
    }

    private static String service(String name, String clusterIp, int port, String type, String portFields) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: it}
                spec:
                  clusterIP: "%s"
                  clusterIPs: ["%s"]
                  %s
                  ports:
                  - {name: http, protocol: TCP, port: %d%s}
                """.formatted(name, clusterIp, clusterIp, type, port, portFields);
    }

    /** {@code service} with annotations {@code kubeferry.io/…}: {@code balance: random}. */
    public static String annotated(String service, String... annotations) {
        String all = Arrays.stream(annotations)
                .map(annotation -> "kubeferry.io/" + annotation.replaceFirst(": (.*)", ": \"$1\""))
                .collect(Collectors.joining(", "));
        return service.replace("namespace: it}", "namespace: it, annotations: {" + all + "}}");
    }

    /** A slice of {@code service} with the only endpoint {@code address:port}, on this node. */
    public static String slice(String service, String name, String addressAndPort) {
        return slice(service, name, addressAndPort, NODE);
    }

    /** A slice of {@code service} with the only endpoint {@code address:port}, on {@code node}. */
    public static String slice(String service, String name, String addressAndPort, String node) {
        int colon = addressAndPort.lastIndexOf(':');
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata:
                  name: %s
                  namespace: it
                  labels: {kubernetes.io/service-name: %s}
                addressType: IPv4
                ports:
                - {name: http, protocol: TCP, port: %s}
                endpoints:
                - {addresses: ["%s"], nodeName: %s}
                """.formatted(
                        name, service, addressAndPort.substring(colon + 1), addressAndPort.substring(0, colon), node);
    }

    /** {@code documents} in one file. */
    public static String file(String... documents) {
        return Arrays.stream(documents).collect(Collectors.joining(NEXT));
    }
}
