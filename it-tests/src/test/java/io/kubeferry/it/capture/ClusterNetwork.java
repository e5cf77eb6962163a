package io.kubeferry.it.capture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The network of a small cluster, made of network namespaces:
 *
 * <pre>
 *   client ─┐
 *           ├── bridge ──┬── n1 ──┬── p1a   pods behind point-to-point veths, proxy ARP
 *                        │        └── p1b
 *                        ├── n2 ───── p2a
 *                        └── n3 ── bridge ──┬── p3a
 *                                           └── p3b
 * </pre>
 *
 * <p>Nodes have routes to the pods of the others, and a default route to a machine that answers for every address at ports
 * 80 and 81, and takes datagrams at port 53: what leaves a node by mistake looks neither dropped nor refused. The client has
 * no route to pods or Services. Every pod serves at port 8080. Namespaces are named after the process that made them; those
 * of processes that are gone are removed before anything is made. Test thread only.
 */
final class ClusterNetwork implements AutoCloseable {
    static final int POD_PORT = 8080;
    static final String POD_RANGES = "10.244.0.0/16,fd44::/16";
    static final String NODE_RANGES = "172.31.7.0/24,fd77::/64";

    private static final String PREFIX = "kubeferry-it-";

    private final String id;
    private final NetworkNamespace fabric;
    private final List<Machine> machines = new ArrayList<>();
    private final Machine n1;
    private final Machine n2;
    private final Machine n3;
    private final Machine client;
    private final Machine p1a;
    private final Machine p1b;
    private final Machine p2a;
    private final Machine p3a;
    private final Machine p3b;

    ClusterNetwork() throws Exception {
        removeLeftovers();
        id = PREFIX + ProcessHandle.current().pid() + "-"
                + HexFormat.of().toHexDigits((short) ThreadLocalRandom.current().nextInt()) + "-";
        fabric = NetworkNamespace.create(id + "fabric");
        fabric.ip(
                "link add br0 type bridge forward_delay 0",
                "link set br0 up",
                "address add 172.31.7.254/24 dev br0",
                "address add fd77::fe/64 dev br0 nodad",
                "route add local 0.0.0.0/0 dev lo",
                "route add local ::/0 dev lo");
        for (int node = 1; node <= 3; node++) {
            fabric.ip(
                    "route add 10.244." + node + ".0/24 via 172.31.7." + node,
                    "route add fd44:" + node + "::/64 via fd77::" + node);
        }
        // It gets what is sent to it, and does not ask for more.
        fabric.run("sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=1");
        Machine elsewhere = machine("elsewhere", "172.31.7.254", "fd77::fe", fabric);
        elsewhere.serve(80);
        elsewhere.serve(81);
        elsewhere.swallowDatagrams(53);
        n1 = node("n1", 1);
        n2 = node("n2", 2);
        n3 = node("n3", 3);
        client = attached("client", "172.31.7.100", "fd77::64");
        p1a = pointToPointPod("p1a", n1, 1, 10);
        p1b = pointToPointPod("p1b", n1, 1, 11);
        p2a = pointToPointPod("p2a", n2, 2, 10);
        bridge(n3, 3);
        p3a = bridgedPod("p3a", n3, 3, 10);
        p3b = bridgedPod("p3b", n3, 3, 11);
        for (Machine pod : List.of(p1a, p1b, p2a, p3a, p3b)) {
            pod.serve(POD_PORT);
        }
    }

    Machine n1() {
        return n1;
    }

    Machine n2() {
        return n2;
    }

    Machine n3() {
        return n3;
    }

    Machine client() {
        return client;
    }

    Machine p1a() {
        return p1a;
    }

    Machine p1b() {
        return p1b;
    }

    Machine p2a() {
        return p2a;
    }

    Machine p3a() {
        return p3a;
    }

    Machine p3b() {
        return p3b;
    }

    /** Sends what the client sends to {@code address} to {@code node}, as the network of a load balancer would. */
    void routeClientTo(String address, Machine node, Family family) throws Exception {
        client.namespace().ip("route replace " + address + " via " + node.address(family));
    }

    /**
     * Switches br_netfilter on or off for all bridges of {@code node}, which has it on as any new namespace. A kernel without
     * it has nothing to switch.
     */
    static void setBridgeFilter(Machine node, boolean on) throws Exception {
        String value = on ? "1" : "0";
        node.namespace()
                .run(
                        "sysctl",
                        "-qwe",
                        "net.bridge.bridge-nf-call-iptables=" + value,
                        "net.bridge.bridge-nf-call-ip6tables=" + value);
    }

    /** A pod behind a bridge that {@code node} has not had before. Other nodes have no route to it. */
    Machine podBehindNewBridge(String name, Machine node) throws Exception {
        int subnet = 20;
        bridge(node, subnet);
        return bridgedPod(name, node, subnet, 10);
    }

    private Machine node(String name, int number) throws Exception {
        Machine node = attached(name, "172.31.7." + number, "fd77::" + number);
        node.namespace().run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        node.namespace().ip("route add default via 172.31.7.254", "route add default via fd77::fe");
        for (int other = 1; other <= 3; other++) {
            if (other != number) {
                node.namespace()
                        .ip(
                                "route add 10.244." + other + ".0/24 via 172.31.7." + other,
                                "route add fd44:" + other + "::/64 via fd77::" + other);
            }
        }
        return node;
    }

    private Machine attached(String name, String ipv4, String ipv6) throws Exception {
        NetworkNamespace namespace = NetworkNamespace.create(id + name);
        fabric.ip(
                "link add to-" + name + " type veth peer name eth0 netns " + namespace.name(),
                "link set to-" + name + " master br0 up");
        namespace.ip(
                "address add " + ipv4 + "/24 dev eth0",
                "address add " + ipv6 + "/64 dev eth0 nodad",
                "link set eth0 up");
        return machine(name, ipv4, ipv6, namespace);
    }

    private Machine pointToPointPod(String name, Machine node, int subnet, int number) throws Exception {
        String ipv4 = "10.244." + subnet + "." + number;
        String ipv6 = "fd44:" + subnet + "::" + number;
        NetworkNamespace namespace = NetworkNamespace.create(id + name);
        node.namespace()
                .ip(
                        "link add to-" + name + " type veth peer name eth0 netns " + namespace.name(),
                        "link set to-" + name + " up",
                        "address add fe80::1/64 dev to-" + name + " nodad",
                        "route add " + ipv4 + " dev to-" + name,
                        "route add " + ipv6 + " dev to-" + name);
        node.namespace().run("sysctl", "-qw", "net.ipv4.conf.to-" + name + ".proxy_arp=1");
        namespace.ip(
                "address add " + ipv4 + "/32 dev eth0",
                "address add " + ipv6 + "/128 dev eth0 nodad",
                "link set eth0 up",
                "route add 169.254.1.1 dev eth0",
                "route add default via 169.254.1.1",
                "route add default via fe80::1 dev eth0");
        return machine(name, ipv4, ipv6, namespace);
    }

    private static void bridge(Machine node, int subnet) throws Exception {
        node.namespace()
                .ip(
                        "link add cni0 type bridge forward_delay 0",
                        "link set cni0 up",
                        "address add 10.244." + subnet + ".1/24 dev cni0",
                        "address add fd44:" + subnet + "::1/64 dev cni0 nodad");
    }

    private Machine bridgedPod(String name, Machine node, int subnet, int number) throws Exception {
        String ipv4 = "10.244." + subnet + "." + number;
        String ipv6 = "fd44:" + subnet + "::" + number;
        NetworkNamespace namespace = NetworkNamespace.create(id + name);
        node.namespace()
                .ip(
                        "link add to-" + name + " type veth peer name eth0 netns " + namespace.name(),
                        "link set to-" + name + " master cni0 up");
        namespace.ip(
                "address add " + ipv4 + "/24 dev eth0",
                "address add " + ipv6 + "/64 dev eth0 nodad",
                "link set eth0 up",
                "route add default via 10.244." + subnet + ".1",
                "route add default via fd44:" + subnet + "::1");
        return machine(name, ipv4, ipv6, namespace);
    }

    private Machine machine(String name, String ipv4, String ipv6, NetworkNamespace namespace) {
        Machine machine = new Machine(name, ipv4, ipv6, namespace);
        machines.add(machine);
        return machine;
    }

    private static void removeLeftovers() throws Exception {
        for (String line : Commands.run("ip", "netns", "list").lines().toList()) {
            String name = line.split(" ")[0];
            if (name.startsWith(PREFIX)) {
                long pid = Long.parseLong(name.substring(PREFIX.length()).split("-")[0]);
                if (ProcessHandle.of(pid).isEmpty()) {
                    Commands.run("ip", "netns", "delete", name);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Machine machine : machines) {
            machine.close();
        }
    }
}
