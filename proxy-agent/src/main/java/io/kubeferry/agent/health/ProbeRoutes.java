package io.kubeferry.agent.health;

import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.agent.http.HttpRoute;
import io.kubeferry.agent.http.HttpRoutes;
import io.kubeferry.agent.sync.SyncHealth;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What {@code --healthz-bind-address} answers, to the byte as kube-proxy does
 * ({@code pkg/proxy/healthcheck/proxy_health.go}): {@code /healthz} says whether load balancers should send traffic here,
 * {@code /livez} whether this process is worth keeping. Only the first looks at the node, so that a node about to be
 * removed drains instead of being restarted (KEP-3836). Thread-safe.
 */
public final class ProbeRoutes {
    private final SyncHealth health;
    private final BooleanSupplier nodeEligible;
    private final ProbeObserver observer;

    private ProbeRoutes(SyncHealth health, BooleanSupplier nodeEligible, ProbeObserver observer) {
        this.health = health;
        this.nodeEligible = nodeEligible;
        this.observer = observer;
    }

    /**
     * The routes.
     *
     * @param nodeEligible false while the own Node object is unknown, being deleted, or tainted for deletion
     */
    public static HttpRoutes of(SyncHealth health, BooleanSupplier nodeEligible, ProbeObserver observer) {
        ProbeRoutes routes = new ProbeRoutes(health, nodeEligible, observer);
        return HttpRoutes.of(Map.of(
                "/healthz", HttpRoute.anyMethod(call -> routes.healthz()),
                "/livez", HttpRoute.anyMethod(call -> routes.livez())));
    }

    private HttpReply healthz() {
        SyncHealth.Report report = health.report();
        boolean eligible = nodeEligible.getAsBoolean();
        int status = report.healthy() && eligible ? 200 : 503;
        observer.healthzAnswered(status);
        return HttpReply.json(status, ProbeBody.of(report, Optional.of(eligible), status == 200));
    }

    private HttpReply livez() {
        SyncHealth.Report report = health.report();
        int status = report.healthy() ? 200 : 503;
        observer.livezAnswered(status);
        return HttpReply.json(status, ProbeBody.of(report, Optional.empty(), status == 200));
    }
}
