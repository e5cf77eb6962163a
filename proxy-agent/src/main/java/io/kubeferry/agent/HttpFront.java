package io.kubeferry.agent;

import io.kubeferry.agent.health.DiagnosticRoutes;
import io.kubeferry.agent.health.ProbeRoutes;
import io.kubeferry.agent.http.HostCheck;
import io.kubeferry.agent.http.HttpBindException;
import io.kubeferry.agent.http.HttpRoutes;
import io.kubeferry.agent.http.HttpServer;
import io.kubeferry.agent.http.HttpSite;
import io.kubeferry.agent.http.HttpThreads;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.ConfigzDocument;
import io.kubeferry.agent.status.StatusReading;
import io.kubeferry.agent.status.StatusRoutes;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Where the agent answers questions about itself: health checks, metrics and status. Main thread only. */
final class HttpFront implements AutoCloseable {
    /** What kube-proxy says it is doing when one of its servers does not come up. */
    private static final String ACTION = "StartKubeProxy";

    private final HttpThreads threads;
    private final AgentOptions options;
    private final List<HttpServer> servers = new ArrayList<>();

    /** As {@link io.kubeferry.agent.watch.ClusterSource#warnNode}. */
    @FunctionalInterface
    interface NodeWarning {
        void warn(String reason, String action, String note);
    }

    /**
     * Binds what {@code options} ask for. An address that cannot be had is reported and tried again; the proxy goes on.
     *
     * @param owner is told of addresses that cannot be had, under kube-proxy's reasons
     * @throws AgentStartException if an address cannot be had and the options say that this is fatal
     */
    HttpFront(
            HttpThreads threads,
            AgentOptions options,
            Telemetry telemetry,
            Supplier<StatusReading> reading,
            BooleanSupplier nodeEligible,
            NodeWarning owner)
            throws AgentStartException {
        this.threads = threads;
        this.options = options;
        HttpRoutes probes = ProbeRoutes.of(telemetry.health(), nodeEligible, telemetry.probes());
        HttpRoutes diagnostics = DiagnosticRoutes.of(telemetry.exporter(), () -> ConfigzDocument.of(options));
        bind(
                HttpSite.of("healthz", probes),
                options.http().healthz(),
                note -> owner.warn("FailedToStartProxierHealthcheck", ACTION, note));
        bind(
                HttpSite.of("metrics", diagnostics),
                options.http().metrics(),
                note -> owner.warn("FailedToStartMetricServer", ACTION, note));
        bind(
                HttpSite.of("status", StatusRoutes.of(reading))
                        .with(HostCheck.addressesAnd(Set.of(options.node().name()))),
                options.http().status(),
                note -> {}); // kube-proxy has no such server, so nobody waits for its Events.
    }

    private void bind(HttpSite site, Optional<InetSocketAddress> wanted, Consumer<String> event)
            throws AgentStartException {
        if (wanted.isEmpty()) {
            return;
        }
        List<InetSocketAddress> addresses = List.of(wanted.get());
        if (!options.http().hardFail()) {
            servers.add(HttpServer.bindSometime(
                    threads,
                    site,
                    addresses,
                    HttpServer.RETRY_EVERY,
                    failure -> event.accept(
                            note(site, failure, "it tries again every " + HttpServer.RETRY_EVERY.toSeconds() + " s"))));
            return;
        }
        try {
            servers.add(HttpServer.bind(threads, site, addresses));
        } catch (HttpBindException failure) {
            close();
            event.accept(note(site, failure, "kubeferry ends, as --bind-address-hard-fail says"));
            throw new AgentStartException("the " + site.name() + " address " + wanted.get() + " cannot be bound ("
                    + failure.reason() + ") and --bind-address-hard-fail is set");
        }
    }

    private String note(HttpSite site, HttpBindException failure, String now) {
        return "the " + site.name() + " server of kubeferry on node "
                + options.node().name() + " " + failure.reason() + "; " + now;
    }

    @Override
    public void close() {
        servers.forEach(HttpServer::close);
    }
}
