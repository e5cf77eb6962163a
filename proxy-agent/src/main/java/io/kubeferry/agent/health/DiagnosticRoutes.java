package io.kubeferry.agent.health;

import io.kubeferry.agent.http.HttpCall;
import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.agent.http.HttpResponder;
import io.kubeferry.agent.http.HttpRoute;
import io.kubeferry.agent.http.HttpRoutes;
import java.util.Map;
import java.util.function.Supplier;

/** What {@code --metrics-bind-address} answers: kube-proxy's paths there, as far as they say something about kubeferry. */
public final class DiagnosticRoutes {
    /** What kube-proxy calls the way kubeferry works. */
    private static final String PROXY_MODE = "userspace";

    private DiagnosticRoutes() {}

    /**
     * The routes.
     *
     * @param metrics answers {@code /metrics}
     * @param configz what {@code /configz} answers: the configuration in force under its group's name, as JSON
     */
    public static HttpRoutes of(HttpResponder metrics, Supplier<String> configz) {
        return HttpRoutes.of(Map.of(
                "/metrics", HttpRoute.slow(metrics),
                "/healthz", HttpRoute.quick(call -> ping(call, "healthz")),
                "/healthz/ping", HttpRoute.quick(call -> HttpReply.text(200, "ok")),
                "/livez", HttpRoute.quick(call -> ping(call, "livez")),
                "/proxyMode", HttpRoute.quick(call -> HttpReply.text(200, PROXY_MODE)),
                "/configz", HttpRoute.quick(call -> HttpReply.json(200, configz.get()))));
    }

    /** Only that somebody answers; whether syncs keep up is asked at the healthz address. */
    private static HttpReply ping(HttpCall call, String name) {
        return HttpReply.text(
                200, call.query().containsKey("verbose") ? "[+]ping ok\n" + name + " check passed\n" : "ok");
    }
}
