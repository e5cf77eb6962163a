package io.kubeferry.it.container;

import com.github.dockerjava.api.model.Network.Ipam;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubeferry.agent.testing.FakeApiServer;
import io.kubeferry.core.testing.Await;
import io.kubeferry.it.capture.Family;
import io.kubeferry.it.capture.Machine;
import io.kubeferry.it.capture.NetworkNamespace;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/**
 * A small cluster of containers. Two nodes and a client are on a network of Docker's, with the API server that both agents
 * watch at the address of its bridge; pods are behind point-to-point veths of their node, as some CNI plugins have them:
 *
 * <pre>
 *   API server ──┬── n1 ──┬── p1a
 *                │        └── p1b
 *                ├── n2 ───── p2a
 *                └── client
 * </pre>
 *
 * <p>What a CNI plugin does is done here, again after each start of a node. Test thread only.
 */
final class ContainerCluster implements AutoCloseable {
    static final String POD_RANGE = "10.244.0.0/16";
    static final String CLIENT = "172.31.8.100";

    private static final String GATEWAY = "172.31.8.254";

    private final KubernetesSerialization serialization = new KubernetesSerialization();
    private final List<Closeable> made = new ArrayList<>();
    private final FakeApiServer api;
    private final ContainerNode n1;
    private final ContainerNode n2;
    private final ContainerPod p1a;
    private final ContainerPod p1b;
    private final ContainerPod p2a;
    private final Machine client;

    ContainerCluster() throws Exception {
        try {
            Network network = Network.builder()
                    .createNetworkCmdModifier(command -> command.withIpam(new Ipam()
                            .withConfig(new Ipam.Config()
                                    .withSubnet("172.31.8.0/24")
                                    .withGateway(GATEWAY))))
                    .build();
            made.add(network::close);
            // Only with its bridge is there an address to listen on.
            network.getId();
            api = new FakeApiServer(InetAddress.ofLiteral(GATEWAY));
            made.add(api::close);
            putSamples();
            n1 = node("n1", "172.31.8.1", network);
            n2 = node("n2", "172.31.8.2", network);
            p1a = pod("p1a", "10.244.1.10");
            p1b = pod("p1b", "10.244.1.11");
            p2a = pod("p2a", "10.244.2.10");
            client = client(network);
            start(n1);
            start(n2);
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    /** Unlike any other on this machine, and of this process alone. */
    static String nameOfNamespace(String machine) {
        return "kubeferry-it-" + ProcessHandle.current().pid() + "-c-" + machine;
    }

    ContainerNode n1() {
        return n1;
    }

    ContainerNode n2() {
        return n2;
    }

    ContainerPod p1a() {
        return p1a;
    }

    ContainerPod p1b() {
        return p1b;
    }

    ContainerPod p2a() {
        return p2a;
    }

    Machine client() {
        return client;
    }

    /** Starts {@code node} and connects its pods. */
    void start(ContainerNode node) throws Exception {
        node.start();
        connectPods(node);
        routeToOthers(node);
    }

    /** What is lost of a node's routes with its network. */
    void routeToOthers(ContainerNode node) throws Exception {
        boolean first = node == n1;
        node.machine()
                .namespace()
                .ip("route replace 10.244." + (first ? "2" : "1") + ".0/24 via " + (first ? n2 : n1).address());
    }

    /** Sends what the client sends to {@code address} to {@code node}, as the network of a load balancer would. */
    void routeClientTo(String address, ContainerNode node) throws Exception {
        client.namespace().ip("route replace " + address + " via " + node.address());
    }

    /** The Service {@code name} is served by {@code pods} from now on. */
    void putEndpoints(String name, String... pods) {
        String endpoints = Arrays.stream(pods)
                .map(pod -> "{addresses: [\"" + addressOf(pod) + "\"], nodeName: n" + pod.charAt(1) + "}")
                .collect(Collectors.joining(", "));
        put("endpointslices", """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %s-1, namespace: it, labels: {kubernetes.io/service-name: %s}}
                addressType: IPv4
                ports: [{name: http, protocol: TCP, port: %d}]
                endpoints: [%s]
                """.formatted(name, name, ContainerPod.PORT, endpoints));
    }

    private static String addressOf(String pod) {
        return "10.244." + pod.charAt(1) + "." + (pod.charAt(2) == 'a' ? 10 : 11);
    }

    private void putSamples() {
        for (String node : List.of("1", "2")) {
            put("nodes", """
                    apiVersion: v1
                    kind: Node
                    metadata: {name: n%s}
                    spec: {podCIDR: 10.244.%s.0/24}
                    status: {addresses: [{type: InternalIP, address: 172.31.8.%s}]}
                    """.formatted(node, node, node));
        }
        putService("web", 10, "Cluster");
        putEndpoints("web", "p1b", "p2a");
        putService("local", 11, "Local");
        putEndpoints("local", "p1a");
    }

    private void putService(String name, int number, String policy) {
        put("services", """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: it}
                spec:
                  type: LoadBalancer
                  clusterIP: 10.96.0.%d
                  externalIPs: [203.0.113.%d]
                  externalTrafficPolicy: %s
                  ports: [{name: http, protocol: TCP, port: 80, nodePort: %d}]
                status: {loadBalancer: {ingress: [{ip: 198.51.100.%d}]}}
                """.formatted(name, number, number, policy, 30_070 + number, number));
    }

    private void put(String resource, String yaml) {
        api.put(resource, serialization.<HasMetadata>unmarshal(yaml));
    }

    private ContainerNode node(String name, String address, Network network) {
        ContainerNode node = new ContainerNode(name, address, network, api.url());
        made.add(node::close);
        return node;
    }

    private ContainerPod pod(String name, String address) throws Exception {
        ContainerPod pod = ContainerPod.start(name, address);
        made.add(pod::close);
        return pod;
    }

    private Machine client(Network network) throws Exception {
        GenericContainer<?> container = AgentImage.container()
                .withNetwork(network)
                .withCreateContainerCmdModifier(
                        command -> command.withIpv4Address(CLIENT).withEntrypoint("sleep"))
                .withCommand("infinity");
        made.add(container::stop);
        container.start();
        Machine machine = new Machine(
                "client",
                CLIENT,
                "",
                NetworkNamespace.ofProcess(
                        nameOfNamespace("client"),
                        Objects.requireNonNull(
                                container.getContainerInfo().getState().getPidLong())));
        made.add(machine::close);
        return machine;
    }

    private void connectPods(ContainerNode node) throws Exception {
        for (ContainerPod pod : node == n1 ? List.of(p1a, p1b) : List.of(p2a)) {
            Machine machine = pod.machine();
            // The end in the pod goes with the node's network, which connections that nobody answers keep for minutes.
            Await.until(() -> isUnplugged(machine.namespace()));
            String link = "to-" + machine.name();
            NetworkNamespace there = node.machine().namespace();
            there.ip(
                    "link add " + link + " type veth peer name eth0 netns "
                            + machine.namespace().name(),
                    "link set " + link + " up",
                    "route add " + machine.address(Family.IPV4) + " dev " + link);
            there.run("sysctl", "-qw", "net.ipv4.conf." + link + ".proxy_arp=1");
            machine.namespace()
                    .ip(
                            "address add " + machine.address(Family.IPV4) + "/32 dev eth0",
                            "link set eth0 up",
                            "route add 169.254.1.1 dev eth0",
                            "route add default via 169.254.1.1");
        }
    }

    private static boolean isUnplugged(NetworkNamespace pod) throws Exception {
        if (!pod.run("ip", "link").contains("eth0")) {
            return true;
        }
        pod.run("sh", "-c", "ip link delete eth0 2>&1 || true");
        return false;
    }

    @Override
    public void close() throws IOException {
        for (Closeable each : made.reversed()) {
            each.close();
        }
    }
}
