package io.kubeferry.agent.metrics;

import static io.kubeferry.agent.metrics.MetricFamily.Type.COUNTER;
import static io.kubeferry.agent.metrics.MetricFamily.Type.GAUGE;
import static io.kubeferry.agent.metrics.MetricFamily.Type.HISTOGRAM;
import static io.kubeferry.agent.metrics.MetricFamily.Type.SUMMARY;

import java.util.List;
import java.util.Optional;

/**
 * Every metric that can be scraped, and nothing else can: names as they are exposed, with type, help text and labels. A
 * name's unit is its suffix. Names that begin with {@code kubeproxy_} and {@code rest_client_} are those of kube-proxy
 * 1.36, {@code process_} those of every Prometheus client, {@code jvm_} those of Micrometer.
 */
enum MetricFamily {
    CONNECTIONS(COUNTER, "kubeferry_connections_total", "Connections accepted.", "namespace", "service", "port"),
    CONNECTIONS_ACTIVE(GAUGE, "kubeferry_connections_active", "Connections open now.", "namespace", "service", "port"),
    CONNECTION_FAILURES(
            COUNTER,
            "kubeferry_connection_failures_total",
            "Connections that ended in a way their client or endpoint did not intend, by reason.",
            "namespace",
            "service",
            "port",
            "reason"),
    CONNECT_RETRIES(
            COUNTER,
            "kubeferry_connect_retries_total",
            "Connect attempts that failed and were followed by one to another endpoint.",
            "namespace",
            "service",
            "port"),
    BYTES(
            COUNTER,
            "kubeferry_bytes_total",
            "Payload bytes relayed, by direction (to_endpoint, to_client).",
            "namespace",
            "service",
            "port",
            "direction"),
    CONNECT_DURATION(
            HISTOGRAM,
            "kubeferry_connect_duration_seconds",
            "Time that successful connect attempts to endpoints took.",
            "namespace",
            "service",
            "port"),
    CONNECTION_DURATION(
            HISTOGRAM,
            "kubeferry_connection_duration_seconds",
            "Time from accepting a connection to its end.",
            "namespace",
            "service",
            "port"),
    ENDPOINTS_USABLE(
            GAUGE,
            "kubeferry_endpoints_usable",
            "Endpoints that new connections may go to, under the Cluster and the Local policy.",
            "namespace",
            "service",
            "port",
            "list"),
    ENDPOINTS_SET_ASIDE(
            GAUGE,
            "kubeferry_endpoints_set_aside",
            "Endpoints that get no connections for a while, because they could not be connected while others could.",
            "namespace",
            "service",
            "port"),
    ENDPOINT_CONNECTIONS_ACTIVE(
            GAUGE,
            "kubeferry_endpoint_connections_active",
            "Connections to an endpoint open now; only with --endpoint-metrics, and only of endpoints that have some.",
            "namespace",
            "service",
            "port",
            "endpoint"),
    LISTENER_BIND_FAILURES(
            GAUGE, "kubeferry_listener_bind_failures", "Addresses that should be listening and cannot be bound."),
    AFFINITY_CLIENTS(
            GAUGE,
            "kubeferry_affinity_clients",
            "Clients whose endpoint is remembered, where the Service has session affinity.",
            "namespace",
            "service",
            "port"),
    ACCEPT_PAUSES(
            COUNTER,
            "kubeferry_accept_pauses_total",
            "Times that a listener stopped accepting for want of descriptors or room; clients wait in the kernel then."),
    EVENT_LOOP_DELAY(
            HISTOGRAM,
            "kubeferry_event_loop_delay_seconds",
            "How late event loops ran a task that each is given once a second."),
    ACCESS_LOG_LINES(COUNTER, "kubeferry_access_log_lines_total", "Lines of the access log that were written."),
    ACCESS_LOG_DROPPED(
            COUNTER,
            "kubeferry_access_log_dropped_total",
            "Lines of the access log that were dropped because it could not keep up or could not be written."),
    CAPTURE_REPAIRS(
            COUNTER,
            "kubeferry_capture_repairs_total",
            "Times that rules, routes or tables which bring captured connections here were put back, because another program"
                    + " had taken them away."),
    ANNOTATIONS_IGNORED(
            GAUGE,
            "kubeferry_annotations_ignored",
            "Annotations kubeferry.io/* of Services that have no effect, because their name or value is unknown."),
    SYNC_FAILURES(COUNTER, "kubeferry_sync_failures_total", "Syncs that failed and were repeated."),
    NETTY_MEMORY(GAUGE, "kubeferry_netty_memory_bytes", "Off-heap memory that Netty holds; the JVM does not count it."),
    STATE_WRITE_FAILURES(
            COUNTER,
            "kubeferry_state_write_failures_total",
            "Times that the state for the next start could not be written; only with --state-dir."),
    BUILD_INFO(GAUGE, "kubeferry_build_info", "Always 1; the label tells the version that runs.", "version"),

    SYNC_DURATION(
            HISTOGRAM, "kubeproxy_sync_proxy_rules_duration_seconds", "SyncProxyRules latency in seconds", "ip_family"),
    SYNC_FULL_DURATION(
            HISTOGRAM,
            "kubeproxy_sync_full_proxy_rules_duration_seconds",
            "SyncProxyRules latency in seconds for full resyncs",
            "ip_family"),
    SYNC_PARTIAL_DURATION(
            HISTOGRAM,
            "kubeproxy_sync_partial_proxy_rules_duration_seconds",
            "SyncProxyRules latency in seconds for partial resyncs",
            "ip_family"),
    SYNC_LAST(
            GAUGE,
            "kubeproxy_sync_proxy_rules_last_timestamp_seconds",
            "The last time proxy rules were successfully synced",
            "ip_family"),
    SYNC_LAST_QUEUED(
            GAUGE,
            "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds",
            "The last time a sync of proxy rules was queued",
            "ip_family"),
    NETWORK_PROGRAMMING(
            HISTOGRAM,
            "kubeproxy_network_programming_duration_seconds",
            "In Cluster Network Programming Latency in seconds",
            "ip_family"),
    ENDPOINT_CHANGES_PENDING(
            GAUGE, "kubeproxy_sync_proxy_rules_endpoint_changes_pending", "Pending proxy rules Endpoint changes"),
    ENDPOINT_CHANGES(
            COUNTER, "kubeproxy_sync_proxy_rules_endpoint_changes_total", "Cumulative proxy rules Endpoint changes"),
    SERVICE_CHANGES_PENDING(
            GAUGE, "kubeproxy_sync_proxy_rules_service_changes_pending", "Pending proxy rules Service changes"),
    SERVICE_CHANGES(
            COUNTER, "kubeproxy_sync_proxy_rules_service_changes_total", "Cumulative proxy rules Service changes"),
    NO_LOCAL_ENDPOINTS(
            GAUGE,
            "kubeproxy_sync_proxy_rules_no_local_endpoints_total",
            "Number of services with a Local traffic policy and no endpoints",
            "traffic_policy",
            "ip_family"),
    PROXY_HEALTHZ(COUNTER, "kubeproxy_proxy_healthz_total", "Cumulative proxy healthz HTTP status", "code"),
    PROXY_LIVEZ(COUNTER, "kubeproxy_proxy_livez_total", "Cumulative proxy livez HTTP status", "code"),

    REST_CLIENT_REQUESTS(
            COUNTER,
            "rest_client_requests_total",
            "Number of HTTP requests, partitioned by status code, method, and host.",
            "code",
            "method",
            "host"),
    REST_CLIENT_DURATION(
            HISTOGRAM,
            "rest_client_request_duration_seconds",
            "Request latency in seconds. Broken down by verb, and host.",
            "verb",
            "host"),

    PROCESS_CPU(COUNTER, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds."),
    PROCESS_RESIDENT_MEMORY(GAUGE, "process_resident_memory_bytes", "Resident memory size in bytes."),
    PROCESS_VIRTUAL_MEMORY(GAUGE, "process_virtual_memory_bytes", "Virtual memory size in bytes."),
    PROCESS_OPEN_FDS(GAUGE, "process_open_fds", "Number of open file descriptors."),
    PROCESS_MAX_FDS(GAUGE, "process_max_fds", "Maximum number of open file descriptors."),
    PROCESS_START_TIME(GAUGE, "process_start_time_seconds", "Start time of the process since unix epoch in seconds."),

    JVM_MEMORY_USED(GAUGE, "jvm_memory_used_bytes", "The amount of used memory", "area", "id"),
    JVM_MEMORY_COMMITTED(
            GAUGE,
            "jvm_memory_committed_bytes",
            "The amount of memory in bytes that is committed for the Java virtual machine to use",
            "area",
            "id"),
    JVM_MEMORY_MAX(
            GAUGE,
            "jvm_memory_max_bytes",
            "The maximum amount of memory in bytes that can be used for memory management",
            "area",
            "id"),
    JVM_THREADS_LIVE(
            GAUGE,
            "jvm_threads_live_threads",
            "The current number of live threads including both daemon and non-daemon threads"),
    JVM_GC_PAUSE(SUMMARY, "jvm_gc_pause_seconds", "Time spent in GC pause", "action", "cause", "gc"),
    JVM_GC_PAUSE_MAX(GAUGE, "jvm_gc_pause_seconds_max", "Time spent in GC pause", "action", "cause", "gc");

    /** How the values of a family behave. */
    enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM,
        /** Sum and count only. */
        SUMMARY
    }

    private static final List<String> UNITS = List.of("seconds", "bytes");

    private final Type type;
    private final String exposedName;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
    private final List<String> labels;

    MetricFamily(Type type, String exposedName, String help, String... labels) {
        this.type = type;
        this.exposedName = exposedName;
        this.help = help;
        this.labels = List.of(labels);
    }

    Type type() {
        return type;
    }

    /** The name in the exposition, with the {@code _total} of a counter. */
    String exposedName() {
        return exposedName;
    }

    /** What is measured in, if not in plain numbers: the suffix of the name. */
    Optional<String> unit() {
        return UNITS.stream()
                .filter(unit -> exposedName.matches(".*_" + unit + "(_total|_max)?"))
                .findFirst();
    }

    String help() {
        return help;
    }

    List<String> labels() {
        return labels;
    }
}
