package io.kubeferry.agent.cli;

import io.kubeferry.core.net.FirewallMark;
import java.util.List;
import java.util.Optional;

/**
 * Every flag that kubeferry heeds, its own and kube-proxy's; {@link IgnoredFlag} holds the rest of kube-proxy's. A label
 * tells what the value is; without one the flag is a truth value. A flag without a meaning is kube-proxy's and outdated:
 * it works, but help does not show it. Where a field is named, it is the path in kube-proxy's configuration that the
 * flag sets ({@code {mode}} is the section of the proxy mode), and with a configuration file that field counts instead.
 */
enum Flag {
    MANIFESTS(
            FlagGroup.CLUSTER,
            "--manifests",
            "DIR",
            "",
            "Read Services, EndpointSlices, Nodes and ServiceCIDRs from the YAML and"
                    + " JSON files of this folder instead of an API server, and follow its changes."),
    KUBECONFIG(
            FlagGroup.CLUSTER,
            "--kubeconfig",
            "FILE",
            "$KUBECONFIG, else the one in your home, else in-cluster",
            "How to reach the API server.",
            "clientConnection.kubeconfig"),
    CONTEXT(FlagGroup.CLUSTER, "--context", "NAME", "the current one", "The context of the kubeconfig to use."),
    MASTER(FlagGroup.CLUSTER, "--master", "URL", "from the kubeconfig", "The API server's address."),
    NAMESPACE(
            FlagGroup.CLUSTER,
            "--namespace",
            "NAME,...",
            "all",
            "Watch only these namespaces; rights in them are enough."),
    SERVICE_PROXY_NAME(
            FlagGroup.CLUSTER,
            "--service-proxy-name",
            "NAME",
            "Services without the label",
            "Serve the Services that carry exactly this value in label service.kubernetes.io/service-proxy-name."),
    FEATURE_GATES(
            FlagGroup.CLUSTER,
            "--feature-gates",
            "NAME=BOOL,...",
            "AllowServiceExternalIPs=true",
            "Whether external IPs of Services count. Other gates of kube-proxy have no effect.",
            "featureGates"),
    MIN_SYNC_PERIOD(
            FlagGroup.CLUSTER,
            "--min-sync-period,--iptables-min-sync-period",
            "DURATION",
            "1s",
            "The least time between two rounds of applying changes.",
            "{mode}.minSyncPeriod"),
    SYNC_PERIOD(
            FlagGroup.CLUSTER,
            "--sync-period,--iptables-sync-period",
            "DURATION",
            "30s",
            "After how long a round that failed is tried again; no round in twice this time is unhealthy.",
            "{mode}.syncPeriod"),
    CONFIG_SYNC_PERIOD(
            FlagGroup.CLUSTER,
            "--config-sync-period",
            "DURATION",
            "15m",
            "How often kube-proxy looks again at all that it knows; checked, and not needed here.",
            "configSyncPeriod"),

    HOSTNAME_OVERRIDE(
            FlagGroup.NODE,
            "--hostname-override",
            "NAME",
            "$NODE_NAME, else the host's name",
            "The name of the Node that this process serves.",
            "hostnameOverride"),
    NODE_ZONE(
            FlagGroup.NODE,
            "--node-zone",
            "ZONE",
            "from the Node object",
            "The zone of this node where there is no Node object to tell."),
    BIND_ADDRESS(
            FlagGroup.NODE,
            "--bind-address",
            "IP",
            "from the Node object",
            "The node's primary address. Nothing is bound to it.",
            "bindAddress"),
    CLUSTER_CIDR(
            FlagGroup.NODE,
            "--cluster-cidr",
            "CIDR,...",
            "unknown",
            "Where pods get their addresses: one range, or one of each family.",
            "clusterCIDR"),

    ADDRESSES(
            FlagGroup.ADDRESSES,
            "--addresses",
            "auto|capture|loopback",
            "auto",
            "'capture' takes the Service addresses themselves (Linux, CAP_NET_ADMIN); 'loopback' listens on"
                    + " loopback addresses that stand for them; 'auto' captures where one of the own Node's addresses is"
                    + " on this host and it can, and is loopback otherwise."),
    NODEPORT_ADDRESSES(
            FlagGroup.ADDRESSES,
            "--nodeport-addresses",
            "CIDR,...",
            "primary and 127.0.0.1 when capturing, else 127.0.0.1",
            "The node's addresses that offer NodePorts: those in these ranges, or 'primary'.",
            "nodePortAddresses"),
    LOCALHOST_NODEPORTS(
            FlagGroup.ADDRESSES,
            "--iptables-localhost-nodeports",
            "",
            "true",
            "Offer NodePorts on 127.0.0.1 too; =false turns it off.",
            "iptables.localhostNodePorts"),
    SOURCE_ADDRESS(
            FlagGroup.ADDRESSES,
            "--source-address",
            "auto|node",
            "auto",
            "Whether pods see the client's address where that is possible, or always the node's."),
    FWMARK(
            FlagGroup.ADDRESSES,
            "--fwmark",
            "VALUE/MASK",
            FirewallMark.DEFAULT.toString(),
            "Two bits of packet marks for kubeferry's use when it captures: the mask, of which the value is the one that"
                    + " steers packets here."),
    OVERLAP(
            FlagGroup.ADDRESSES,
            "--overlap",
            "",
            "false",
            "Take over from another kubeferry on this host, and let one take over: two share all addresses for a while, as in"
                    + " a rolling update."),
    MASQUERADE_ALL(
            FlagGroup.ADDRESSES,
            "--masquerade-all",
            "",
            "false",
            "The same as --source-address node.",
            "{mode}.masqueradeAll"),

    CONNECT_TIMEOUT(
            FlagGroup.CONNECTIONS,
            "--connect-timeout",
            "DURATION",
            "1s",
            "How long one endpoint may take to accept while another is untried."),
    CONNECT_ATTEMPTS(
            FlagGroup.CONNECTIONS,
            "--connect-attempts",
            "N",
            "3",
            "How many endpoints are tried before the client is reset."),
    DRAIN_TIMEOUT(
            FlagGroup.CONNECTIONS,
            "--drain-timeout",
            "DURATION",
            "30s",
            "How long connections may finish after SIGTERM."),
    IDLE_TIMEOUT(
            FlagGroup.CONNECTIONS,
            "--idle-timeout",
            "DURATION",
            "none",
            "Close connections that are silent for this long."),
    TRANSPORT(
            FlagGroup.CONNECTIONS,
            "--transport",
            "auto|io_uring|epoll|nio",
            "auto",
            "How bytes get in and out of the kernel; auto takes io_uring where kernel (5.19) and container allow it, else"
                    + " epoll, else NIO."),
    EVENT_LOOPS(FlagGroup.CONNECTIONS, "--event-loops", "N", "one a core", "How many threads carry connections."),

    HEALTHZ_BIND_ADDRESS(
            FlagGroup.HTTP,
            "--healthz-bind-address",
            "IP:PORT",
            "0.0.0.0:10256",
            "Where /healthz and /livez are; empty disables.",
            "healthzBindAddress"),
    METRICS_BIND_ADDRESS(
            FlagGroup.HTTP,
            "--metrics-bind-address",
            "IP:PORT",
            "127.0.0.1:10249",
            "Where /metrics, /proxyMode and /configz are; empty disables.",
            "metricsBindAddress"),
    STATUS_BIND_ADDRESS(
            FlagGroup.HTTP,
            "--status-bind-address",
            "IP:PORT",
            "127.0.0.1:10247",
            "Where the status page and its API are, which 'kubeferry status' reads; empty disables."),
    READY_FILE(
            FlagGroup.HTTP,
            "--ready-file",
            "FILE",
            "none",
            "A file that is there from when everything is served until this process accepts no more."),
    BIND_ADDRESS_HARD_FAIL(
            FlagGroup.HTTP,
            "--bind-address-hard-fail",
            "",
            "false",
            "End the process if one of these cannot be bound, instead of trying again.",
            "bindAddressHardFail"),
    ENDPOINT_METRICS(
            FlagGroup.HTTP,
            "--endpoint-metrics",
            "",
            "false",
            "Metrics of each endpoint too, which in a big cluster are many series."),

    HEALTHZ_PORT(FlagGroup.HTTP, "--healthz-port", "N", "", ""),
    METRICS_PORT(FlagGroup.HTTP, "--metrics-port", "N", "", ""),

    CONFIG(
            FlagGroup.CONFIGURATION,
            "--config",
            "FILE",
            "",
            "A KubeProxyConfiguration (v1alpha1, YAML or JSON). kube-proxy's flags are then ignored, except"
                    + " --hostname-override, --master and those of the log. When the file changes, the process ends with"
                    + " an error, to be started again with it."),
    WRITE_CONFIG_TO(
            FlagGroup.CONFIGURATION,
            "--write-config-to",
            "FILE",
            "",
            "Write the configuration in force to this file, in kube-proxy's form, and end."),

    CLEANUP(FlagGroup.CONFIGURATION, "--cleanup", "", "", ""),
    INIT_ONLY(
            FlagGroup.CONFIGURATION,
            "--init-only",
            "",
            "false",
            "Set the sysctls that capturing needs, print each with its old and new value, and end."),

    OUTPUT(FlagGroup.COMMAND, "--output,-o", "text|json", "text", "The form of what is printed."),
    ONCE(
            FlagGroup.COMMAND,
            "--once",
            "",
            "false",
            "demo: end after the self-check, with 0 if all went well and 1 if not. top: end after one table."),
    WATCH(FlagGroup.COMMAND, "--watch", "", "false", "Print again every two seconds, until Ctrl-C."),

    STATE_DIR(
            FlagGroup.GENERAL,
            "--state-dir",
            "DIR",
            "none",
            "Keep what is served, and the clients of session affinity, in a file of this folder. After a restart within the"
                    + " same boot it is served at once, before the API server answers, if it is younger than ten"
                    + " minutes."),
    ACCESS_LOG(
            FlagGroup.GENERAL,
            "--access-log",
            "FILE|-",
            "none",
            "Write a line about each connection that has ended to this file, or to standard output."),
    ACCESS_LOG_FORMAT(
            FlagGroup.GENERAL, "--access-log-format", "text|json", "text", "The form of lines in the access log."),
    VERBOSITY(
            FlagGroup.GENERAL,
            "-v,--v",
            "N",
            "0",
            "How much is logged: from 4 on, details and stack traces.",
            "logging.verbosity"),
    LOG_FORMAT(
            FlagGroup.GENERAL,
            "--log-format,--logging-format",
            "text|json",
            "text",
            "The form of log lines.",
            "logging.format");

    private final FlagGroup group;
    private final String names;
    private final String label;
    private final String defaultText;
    private final String meaning;
    private final Optional<String> field;

    Flag(FlagGroup group, String names, String label, String defaultText, String meaning) {
        this(group, names, label, defaultText, meaning, Optional.empty());
    }

    Flag(FlagGroup group, String names, String label, String defaultText, String meaning, String field) {
        this(group, names, label, defaultText, meaning, Optional.of(field));
    }

    Flag(FlagGroup group, String names, String label, String defaultText, String meaning, Optional<String> field) {
        this.group = group;
        this.names = names;
        this.label = label;
        this.defaultText = defaultText;
        this.meaning = meaning;
        this.field = field;
    }

    FlagGroup group() {
        return group;
    }

    /** All names, the one that messages use first. */
    List<String> names() {
        return List.of(names.split(","));
    }

    /** The name that messages use. */
    String flag() {
        return names().getFirst();
    }

    boolean isTruthValue() {
        return label.isEmpty();
    }

    boolean isHidden() {
        return meaning.isEmpty();
    }

    String label() {
        return label;
    }

    String defaultText() {
        return defaultText;
    }

    String meaning() {
        return meaning;
    }

    /** The field of kube-proxy's configuration that the flag sets. */
    Optional<String> field() {
        return field;
    }
}
