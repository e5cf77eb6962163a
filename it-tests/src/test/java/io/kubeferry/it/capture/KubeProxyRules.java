package io.kubeferry.it.capture;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Rules as kube-proxy 1.36 writes them, for a node of {@link ClusterNetwork} and two Services of its own: one with a
 * cluster IP, a node port and one pod, and one without endpoints. In the words of its rules, with everything left out
 * that these two do not need.
 */
enum KubeProxyRules {
    /** {@code --proxy-mode=nftables}. */
    NFTABLES("nft") {
        @Override
        void apply(Machine node, Machine pod) throws Exception {
            for (Family family : Family.values()) {
                node.namespace().runWithInput(filledIn(NFTABLES_RULES, family, node, pod), "nft", "-f", "-");
            }
        }

        @Override
        String show(Machine node) throws Exception {
            return node.namespace().run("nft", "-s", "list", "table", "ip", "kube-proxy")
                    + node.namespace().run("nft", "-s", "list", "table", "ip6", "kube-proxy");
        }

        @Override
        void remove(Machine node) throws Exception {
            node.namespace().run("nft", "delete", "table", "ip", "kube-proxy");
            node.namespace().run("nft", "delete", "table", "ip6", "kube-proxy");
        }
    },
    /** {@code --proxy-mode=iptables} on today's distributions, where iptables writes into nftables. */
    IPTABLES_NFT("iptables-nft"),
    /** {@code --proxy-mode=iptables} on older ones. */
    IPTABLES_LEGACY("iptables-legacy");

    static final int NODE_PORT = 30_500;

    private static final String NFTABLES_RULES = """
            table IP kube-proxy {
              set cluster-ips { type ADDRESS; elements = { CLUSTER_IP, EMPTY_IP } }
              set nodeport-ips { type ADDRESS; elements = { NODE } }
              set hairpin-connections {
                type ADDRESS . ADDRESS . inet_proto . inet_service
                elements = { POD . POD . tcp . 8080 }
              }
              map firewall-ips { type ADDRESS . inet_proto . inet_service : verdict; }
              map no-endpoint-services {
                type ADDRESS . inet_proto . inet_service : verdict
                elements = { EMPTY_IP . tcp . 80 : goto reject-chain }
              }
              map no-endpoint-nodeports { type inet_proto . inet_service : verdict; }
              map service-ips {
                type ADDRESS . inet_proto . inet_service : verdict
                elements = { CLUSTER_IP . tcp . 80 : goto service-other }
              }
              map service-nodeports {
                type inet_proto . inet_service : verdict
                elements = { tcp . 30500 : goto external-other }
              }

              chain filter-prerouting-pre-dnat {
                type filter hook prerouting priority dstnat - 10
                ct state new jump firewall-check
              }
              chain filter-output-pre-dnat {
                type filter hook output priority -110
                ct state new jump firewall-check
              }
              chain filter-input {
                type filter hook input priority filter
                ct state new jump nodeport-endpoints-check
                ct state new jump service-endpoints-check
              }
              chain filter-forward {
                type filter hook forward priority filter
                ct state new jump service-endpoints-check
                ct state new jump cluster-ips-check
              }
              chain filter-output {
                type filter hook output priority filter
                ct state new jump service-endpoints-check
                ct state new jump cluster-ips-check
              }
              chain nat-prerouting {
                type nat hook prerouting priority dstnat
                jump services
              }
              chain nat-output {
                type nat hook output priority -100
                jump services
              }
              chain nat-postrouting {
                type nat hook postrouting priority srcnat
                jump masquerading
              }

              chain firewall-check {
                IP daddr . meta l4proto . th dport vmap @firewall-ips
              }
              chain nodeport-endpoints-check {
                IP daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports
              }
              chain service-endpoints-check {
                IP daddr . meta l4proto . th dport vmap @no-endpoint-services
              }
              chain cluster-ips-check {
                IP daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"
                IP daddr SERVICE_RANGE drop comment "Drop traffic to unallocated ClusterIPs"
              }
              chain services {
                IP daddr @cluster-ips IP saddr != POD_RANGE meta mark set meta mark | 0x4000
                IP daddr . meta l4proto . th dport vmap @service-ips
                IP daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
              }
              chain masquerading {
                meta mark & 0x4000 != 0 meta mark set meta mark ^ 0x4000 masquerade fully-random
                ct status dnat IP saddr . IP daddr . meta l4proto . th dport @hairpin-connections masquerade fully-random
              }
              chain reject-chain {
                reject
              }
              chain service-other {
                meta l4proto tcp dnat to POD_PLACE
              }
              chain external-other {
                meta mark set meta mark | 0x4000
                goto service-other
              }
            }
            """;

    private static final String IPTABLES_RULES = """
            *filter
            :KUBE-NODEPORTS - [0:0]
            :KUBE-SERVICES - [0:0]
            :KUBE-EXTERNAL-SERVICES - [0:0]
            :KUBE-FIREWALL - [0:0]
            :KUBE-FORWARD - [0:0]
            :KUBE-PROXY-FIREWALL - [0:0]
            -A INPUT -j KUBE-FIREWALL
            -A INPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
            -A INPUT -j KUBE-NODEPORTS
            -A INPUT -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
            -A FORWARD -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
            -A FORWARD -j KUBE-FORWARD
            -A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES
            -A FORWARD -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
            -A OUTPUT -j KUBE-FIREWALL
            -A OUTPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
            -A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES
            -A KUBE-FIREWALL ! -s LOOPBACK -d LOOPBACK -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
            -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
            -A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
            -A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A KUBE-SERVICES -d EMPTY_IP -p tcp -m tcp --dport 80 -j REJECT
            COMMIT
            *nat
            :KUBE-SERVICES - [0:0]
            :KUBE-NODEPORTS - [0:0]
            :KUBE-POSTROUTING - [0:0]
            :KUBE-MARK-MASQ - [0:0]
            :KUBE-SVC-OTHER - [0:0]
            :KUBE-EXT-OTHER - [0:0]
            :KUBE-SEP-OTHER - [0:0]
            -A PREROUTING -j KUBE-SERVICES
            -A OUTPUT -j KUBE-SERVICES
            -A POSTROUTING -j KUBE-POSTROUTING
            -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
            -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
            -A KUBE-POSTROUTING -j MASQUERADE --random-fully
            -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
            -A KUBE-SERVICES -d CLUSTER_IP -p tcp -m tcp --dport 80 -j KUBE-SVC-OTHER
            -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
            -A KUBE-NODEPORTS -p tcp -m tcp --dport 30500 -j KUBE-EXT-OTHER
            -A KUBE-EXT-OTHER -j KUBE-MARK-MASQ
            -A KUBE-EXT-OTHER -j KUBE-SVC-OTHER
            -A KUBE-SVC-OTHER ! -s POD_RANGE -d CLUSTER_IP -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ
            -A KUBE-SVC-OTHER -j KUBE-SEP-OTHER
            -A KUBE-SEP-OTHER -s POD -j KUBE-MARK-MASQ
            -A KUBE-SEP-OTHER -p tcp -m tcp -j DNAT --to-destination POD_PLACE
            COMMIT
            """;

    private final String program;

    KubeProxyRules(String program) {
        this.program = program;
    }

    /** The cluster IP of the Service with a pod. */
    static String clusterIp(Family family) {
        return family == Family.IPV4 ? "10.96.0.50" : "fd96::50";
    }

    /** The cluster IP of the Service without endpoints. */
    static String emptyClusterIp(Family family) {
        return family == Family.IPV4 ? "10.96.0.51" : "fd96::51";
    }

    /** Whether the machine of {@code node} can have such rules. */
    boolean isPossible(Machine node) throws Exception {
        return node.namespace()
                .run("sh", "-c", "command -v " + program + " && " + probe() + " || true")
                .contains("possible");
    }

    private String probe() {
        return this == NFTABLES ? "echo possible" : program + " -t nat -S >/dev/null && echo possible";
    }

    /** Writes the rules for {@code node}, with {@code pod} as the one that is behind the Service. */
    void apply(Machine node, Machine pod) throws Exception {
        for (Family family : Family.values()) {
            node.namespace().runWithInput(filledIn(IPTABLES_RULES, family, node, pod), command(family) + "-restore");
        }
    }

    /** All that was written, as it stands now. */
    String show(Machine node) throws Exception {
        return (node.namespace().run(command(Family.IPV4) + "-save")
                        + node.namespace().run(command(Family.IPV6) + "-save"))
                .lines()
                .filter(line -> line.startsWith("-A") || line.startsWith("*"))
                .collect(Collectors.joining("\n"));
    }

    /** Removes what was written. */
    void remove(Machine node) throws Exception {
        for (Family family : Family.values()) {
            node.namespace().runWithInput("*filter\nCOMMIT\n*nat\nCOMMIT\n", command(family) + "-restore");
        }
    }

    /** Whether it also judges addresses of Services that no Service of its own has. */
    boolean judgesAllClusterIps() {
        return this == NFTABLES;
    }

    private String command(Family family) {
        return family == Family.IPV4 ? program : program.replace("iptables", "ip6tables");
    }

    private static String filledIn(String rules, Family family, Machine node, Machine pod) {
        boolean ipv4 = family == Family.IPV4;
        String podAddress = pod.address(family);
        String filled = rules;
        // Longer names first: some begin with others.
        for (Map.Entry<String, String> word : List.of(
                Map.entry("POD_PLACE", (ipv4 ? podAddress : "[" + podAddress + "]") + ":" + ClusterNetwork.POD_PORT),
                Map.entry("POD_RANGE", ClusterNetwork.POD_RANGES.split(",")[ipv4 ? 0 : 1]),
                Map.entry("SERVICE_RANGE", ipv4 ? "10.96.0.0/16" : "fd96::/112"),
                Map.entry("CLUSTER_IP", clusterIp(family)),
                Map.entry("EMPTY_IP", emptyClusterIp(family)),
                Map.entry("ADDRESS", ipv4 ? "ipv4_addr" : "ipv6_addr"),
                Map.entry("LOOPBACK", ipv4 ? "127.0.0.0/8" : "::1/128"),
                Map.entry("NODE", node.address(family)),
                Map.entry("POD", podAddress),
                Map.entry("IP", ipv4 ? "ip" : "ip6"))) {
            filled = filled.replaceAll("(?<![-\\w])" + word.getKey() + "(?![-\\w])", word.getValue());
        }
        return filled;
    }
}
