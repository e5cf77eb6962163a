package io.kubeferry.agent.options;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.net.FirewallMark;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a {@link KubeProxyConfig} means for kubeferry. Values that cannot be are refused with an {@link InvalidOption}
 * under the name of their flag.
 */
public final class KubeProxyOptions {
    /** The one feature gate that means something here. */
    public static final String EXTERNAL_IPS_GATE = "AllowServiceExternalIPs";

    private static final Set<String> MODES = Set.of("", "iptables", "ipvs", "nftables");
    private static final Set<String> DETECT_LOCAL_MODES =
            Set.of("", "ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix");

    private static final int MAX_OOM_SCORE_ADJ = 1000;

    private KubeProxyOptions() {}

    /** Checks what kubeferry does not use, so that a slip shows here as it would with kube-proxy. */
    public static void check(KubeProxyConfig config) {
        require(MODES.contains(config.text("mode")), "--proxy-mode", config.text("mode"), "iptables, ipvs or nftables");
        require(
                DETECT_LOCAL_MODES.contains(config.text("detectLocalMode")),
                "--detect-local-mode",
                config.text("detectLocalMode"),
                "ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix");
        int oomScoreAdj = config.number("oomScoreAdj");
        require(
                Math.abs(oomScoreAdj) <= MAX_OOM_SCORE_ADJ,
                "--oom-score-adj",
                oomScoreAdj,
                "-" + MAX_OOM_SCORE_ADJ + ".." + MAX_OOM_SCORE_ADJ);
    }

    /** Whether pods are told from others in a way that kubeferry knows: by {@code clusterCIDR}. */
    public static boolean detectsPodsByCidr(KubeProxyConfig config) {
        return Set.of("", "ClusterCIDR").contains(config.text("detectLocalMode"));
    }

    /** Which Services are served; {@code proxyName} is kubeferry's own option. */
    public static ServiceOptions services(KubeProxyConfig config, Optional<String> proxyName) {
        List<IpCidr> clusterCidrs = new ArrayList<>();
        if (detectsPodsByCidr(config)) {
            for (String text : List.of(config.text("clusterCIDR").split(","))) {
                if (!text.isBlank()) {
                    clusterCidrs.add(IpCidr.parse(text)
                            .orElseThrow(
                                    () -> new InvalidOption("--cluster-cidr", text, "a CIDR such as 10.244.0.0/16")));
                }
            }
        }
        return new ServiceOptions(proxyName, config.gate(EXTERNAL_IPS_GATE).orElse(true), clusterCidrs);
    }

    /** Where Services are offered; {@code mode}, {@code source} and {@code mark} are kubeferry's own options. */
    public static AddressOptions addresses(
            KubeProxyConfig config, AddressMode mode, SourceAddressMode source, FirewallMark mark) {
        boolean masqueradeAll = config.isTrue(config.modeSection() + ".masqueradeAll");
        return new AddressOptions(
                mode,
                masqueradeAll ? SourceAddressMode.NODE : source,
                NodePortOption.parse(config.texts("nodePortAddresses")),
                config.isTrue("iptables.localhostNodePorts"),
                mark);
    }

    /** Where kubeferry answers questions about itself. */
    public static HttpOptions http(KubeProxyConfig config) {
        return new HttpOptions(
                HttpOptions.parse(
                        "--healthz-bind-address", config.text("healthzBindAddress"), HttpOptions.HEALTHZ_PORT),
                HttpOptions.parse(
                        "--metrics-bind-address", config.text("metricsBindAddress"), HttpOptions.METRICS_PORT),
                HttpOptions.DEFAULT_STATUS,
                config.isTrue("bindAddressHardFail"));
    }

    /** How often changes are applied. */
    public static SyncOptions sync(KubeProxyConfig config) {
        return new SyncOptions(
                config.duration(config.modeSection() + ".minSyncPeriod"),
                config.duration(config.modeSection() + ".syncPeriod"),
                config.duration("configSyncPeriod"));
    }

    /** The node's primary address, or the unspecified one. */
    public static InetAddress bindAddress(KubeProxyConfig config) {
        String text = config.text("bindAddress");
        return IpAddresses.parse(text)
                .orElseThrow(() -> new InvalidOption("--bind-address", text, "an IP address such as 10.0.0.1"));
    }

    private static void require(boolean fits, String flag, Object value, String expected) {
        if (!fits) {
            throw new InvalidOption(flag, value, expected);
        }
    }
}
