package io.kubeferry.agent.options;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where kubeferry answers questions about itself. Immutable.
 *
 * @param healthz {@code /healthz} and {@code /livez} for load balancers and probes; empty means no such server
 * @param metrics {@code /metrics} and what kube-proxy shows beside it; empty means no such server
 * @param status what is served right now; empty means no such server
 * @param hardFail whether the process ends if one of them cannot bind
 * @param detail of what there are metrics
 */
public record HttpOptions(
        Optional<InetSocketAddress> healthz,
        Optional<InetSocketAddress> metrics,
        Optional<InetSocketAddress> status,
        boolean hardFail,
        MetricDetail detail) {
    /** Of what there are metrics. */
    public enum MetricDetail {
        /** Series of each service port. */
        SERVICE_PORTS,
        /** Of each endpoint too: in a big cluster these are many. */
        ENDPOINTS
    }

    /** With metrics of service ports. */
    public HttpOptions(
            Optional<InetSocketAddress> healthz,
            Optional<InetSocketAddress> metrics,
            Optional<InetSocketAddress> status,
            boolean hardFail) {
        this(healthz, metrics, status, hardFail, MetricDetail.SERVICE_PORTS);
    }

    /** kube-proxy's port for {@code /healthz}. */
    public static final int HEALTHZ_PORT = 10_256;

    /** kube-proxy's port for {@code /metrics}. */
    public static final int METRICS_PORT = 10_249;

    /** The port of the status address. */
    public static final int STATUS_PORT = 10_247;

    /** The status address where nobody said: this host only. */
    public static final Optional<InetSocketAddress> DEFAULT_STATUS =
            parse("--status-bind-address", "127.0.0.1:" + STATUS_PORT, STATUS_PORT);

    /** kube-proxy's addresses, and our own. */
    public static final HttpOptions DEFAULT = new HttpOptions(
            parse("--healthz-bind-address", "0.0.0.0:" + HEALTHZ_PORT, HEALTHZ_PORT),
            parse("--metrics-bind-address", "127.0.0.1:" + METRICS_PORT, METRICS_PORT),
            DEFAULT_STATUS,
            false);

    /**
     * The address that {@code text} spells: {@code IP:PORT}, or an IP alone with {@code defaultPort}; none if it is
     * empty. Otherwise throws an {@link InvalidOption} that names {@code option}.
     */
    public static Optional<InetSocketAddress> parse(String option, String text, int defaultPort) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        String trimmed = text.trim();
        Optional<InetAddress> bare = IpAddresses.parse(trimmed);
        if (bare.isPresent()) {
            return Optional.of(new InetSocketAddress(bare.get(), defaultPort));
        }
        int colon = trimmed.lastIndexOf(':');
        String host = trimmed.substring(0, Math.max(colon, 0));
        String port = trimmed.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.indexOf(':') >= 0;
        boolean portFits = port.matches("[0-9]{1,5}") && Ports.isValid(Integer.parseInt(port));
        if (colon < 0 || !portFits || (!bracketed && host.indexOf(':') >= 0)) {
            throw invalid(option, text);
        }
        return Optional.of(IpAddresses.parse(bracketed ? host.substring(1, host.length() - 1) : host)
                .map(address -> new InetSocketAddress(address, Integer.parseInt(port)))
                .orElseThrow(() -> invalid(option, text)));
    }

    /** The same with another status address. */
    public HttpOptions withStatus(Optional<InetSocketAddress> other) {
        return new HttpOptions(healthz, metrics, other, hardFail, detail);
    }

    /** The same with metrics of other things. */
    public HttpOptions withDetail(MetricDetail other) {
        return new HttpOptions(healthz, metrics, status, hardFail, other);
    }

    private static InvalidOption invalid(String option, String text) {
        return new InvalidOption(
                option, text, "IP:PORT with a port of 1.." + Ports.MAX + ", such as 127.0.0.1:10249; empty disables");
    }
}
