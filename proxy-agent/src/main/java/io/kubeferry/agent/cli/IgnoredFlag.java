package io.kubeferry.agent.cli;

import java.util.Locale;
import java.util.Optional;

/**
 * The flags of kube-proxy 1.36 that mean nothing here. They are accepted, checked where a field of kube-proxy's
 * configuration tells their type, and named once in the log.
 */
enum IgnoredFlag {
    PROXY_MODE("mode"),
    DETECT_LOCAL_MODE("detectLocalMode"),
    POD_BRIDGE_INTERFACE("detectLocal.bridgeInterface"),
    POD_INTERFACE_NAME_PREFIX("detectLocal.interfaceNamePrefix"),
    KUBE_API_CONTENT_TYPE("clientConnection.contentType"),
    KUBE_API_QPS("clientConnection.qps"),
    KUBE_API_BURST("clientConnection.burst"),
    PROFILING("enableProfiling", true),
    SHOW_HIDDEN_METRICS_FOR_VERSION("showHiddenMetricsForVersion"),
    OOM_SCORE_ADJ("oomScoreAdj"),
    CONNTRACK_MAX_PER_CORE("conntrack.maxPerCore"),
    CONNTRACK_MIN("conntrack.min"),
    CONNTRACK_TCP_TIMEOUT_ESTABLISHED("conntrack.tcpEstablishedTimeout"),
    CONNTRACK_TCP_TIMEOUT_CLOSE_WAIT("conntrack.tcpCloseWaitTimeout"),
    CONNTRACK_TCP_BE_LIBERAL("conntrack.tcpBeLiberal", true),
    CONNTRACK_UDP_TIMEOUT("conntrack.udpTimeout"),
    CONNTRACK_UDP_TIMEOUT_STREAM("conntrack.udpStreamTimeout"),
    IPTABLES_MASQUERADE_BIT("iptables.masqueradeBit"),
    IPVS_SYNC_PERIOD("ipvs.syncPeriod"),
    IPVS_MIN_SYNC_PERIOD("ipvs.minSyncPeriod"),
    IPVS_SCHEDULER("ipvs.scheduler"),
    IPVS_EXCLUDE_CIDRS("ipvs.excludeCIDRs"),
    IPVS_STRICT_ARP("ipvs.strictARP", true),
    IPVS_TCP_TIMEOUT("ipvs.tcpTimeout"),
    IPVS_TCPFIN_TIMEOUT("ipvs.tcpFinTimeout"),
    IPVS_UDP_TIMEOUT("ipvs.udpTimeout"),
    LOG_FLUSH_FREQUENCY("logging.flushFrequency"),
    LOG_TEXT_SPLIT_STREAM("logging.options.text.splitStream", true),
    LOG_TEXT_INFO_BUFFER_SIZE("logging.options.text.infoBufferSize"),
    LOG_JSON_SPLIT_STREAM("logging.options.json.splitStream", true),
    LOG_JSON_INFO_BUFFER_SIZE("logging.options.json.infoBufferSize"),
    VMODULE,
    BOOT_ID_FILE,
    MACHINE_ID_FILE,
    WINDOWS_SERVICE("windowsRunAsService", true),
    SOURCE_VIP("winkernel.sourceVip"),
    NETWORK_NAME("winkernel.networkName"),
    ENABLE_DSR("winkernel.enableDSR", true),
    ROOT_HNSENDPOINT_NAME("winkernel.rootHnsEndpointName"),
    FORWARD_HEALTHCHECK_VIP("winkernel.forwardHealthCheckVip", true);

    private final Optional<String> field;
    private final boolean truthValue;

    IgnoredFlag() {
        this(Optional.empty(), false);
    }

    IgnoredFlag(String field) {
        this(Optional.of(field), false);
    }

    IgnoredFlag(String field, boolean truthValue) {
        this(Optional.of(field), truthValue);
    }

    IgnoredFlag(Optional<String> field, boolean truthValue) {
        this.field = field;
        this.truthValue = truthValue;
    }

    /** The flag as users write it. */
    String flag() {
        return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean isTruthValue() {
        return truthValue;
    }

    /** The field of kube-proxy's configuration that the flag sets. */
    Optional<String> field() {
        return field;
    }
}
