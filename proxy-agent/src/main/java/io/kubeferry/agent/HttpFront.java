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
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Where the agent answers questions about itself: health checks, metrics and status. Main thread only. */
final class HttpFront implements AutoCloseable {
    private final List<HttpServer> servers = new ArrayList<>();

    /**
     * Binds what {@code options} ask for. An address that cannot be had is reported and tried again; the proxy goes on.
     *
     * @throws AgentStartException if an address cannot be had and the options say that this is fatal
     */
    HttpFront(
            HttpThreads threads,
            AgentOptions options,
            Telemetry telemetry,
            Supplier<StatusReading> reading,
            BooleanSupplier nodeEligible)
            throws AgentStartException {
        HttpRoutes probes = ProbeRoutes.of(telemetry.health(), nodeEligible, telemetry.probes());
        HttpRoutes diagnostics = DiagnosticRoutes.of(telemetry.exporter(), () -> ConfigzDocument.of(options));
        if (options.http().healthz().isPresent()) {
            bind(
                    threads,
                    HttpSite.of("healthz", probes),
                    options.http().healthz().get(),
                    options);
        }
        if (options.http().metrics().isPresent()) {
            bind(
                    threads,
                    HttpSite.of("metrics", diagnostics),
                    options.http().metrics().get(),
                    options);
        }
        if (options.http().status().isPresent()) {
            bind(
                    threads,
                    HttpSite.of("status", StatusRoutes.of(reading))
                            .with(HostCheck.addressesAnd(Set.of(options.node().name()))),
                    options.http().status().get(),
                    options);
        }
    }

    private void bind(HttpThreads threads, HttpSite site, InetSocketAddress address, AgentOptions options)
            throws AgentStartException {
        if (!options.http().hardFail()) {
            servers.add(HttpServer.bindSometime(threads, site, List.of(address), HttpServer.RETRY_EVERY));
            return;
        }
        try {
            servers.add(HttpServer.bind(threads, site, List.of(address)));
        } catch (HttpBindException failure) {
            close();
            throw new AgentStartException("the " + site.name() + " address " + address + " cannot be bound ("
                    + failure.reason() + ") and --bind-address-hard-fail is set");
        }
    }

    @Override
    public void close() {
        servers.forEach(HttpServer::close);
    }
}
