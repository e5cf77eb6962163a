package io.kubeferry.agent.image;

import io.kubeferry.core.testing.FreePorts;
import java.io.IOException;
import java.net.Socket;

/** What the agent serves in a training: one Service with one endpoint, which writes a byte to whoever connects. */
final class TrainingService {
    static final String NODE = "training";

    private static final String CLUSTER_IP = "10.47.18.10";
    /** Where the agent offers it on loopback. */
    private static final String PLACE = "127.47.18.10";

    private static final int ANSWER_MILLIS = 1_000;

    private final int port = FreePorts.next();
    private final String podAddress;

    /** {@code podAddress} is address:port. */
    TrainingService(String podAddress) {
        this.podAddress = podAddress;
    }

    String service() {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: training}
                spec:
                  type: ClusterIP
                  clusterIP: %s
                  clusterIPs: [%s]
                  ipFamilies: [IPv4]
                  ports: [{name: http, protocol: TCP, port: %d}]
                """.formatted(CLUSTER_IP, CLUSTER_IP, port);
    }

    String endpointSlice() {
        int colon = podAddress.lastIndexOf(':');
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, namespace: training, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                endpoints: [{addresses: [%s], nodeName: %s, conditions: {ready: true, serving: true, terminating: false}}]
                ports: [{name: http, protocol: TCP, port: %s}]
                """.formatted(podAddress.substring(0, colon), NODE, podAddress.substring(colon + 1));
    }

    /** Whether a connection to it reaches its endpoint. */
    boolean isCarried() {
        try (Socket client = new Socket(PLACE, port)) {
            client.setSoTimeout(ANSWER_MILLIS);
            return client.getInputStream().read() == 'x';
        } catch (IOException notYet) {
            return false;
        }
    }
}
