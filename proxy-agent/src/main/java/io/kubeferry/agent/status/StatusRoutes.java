package io.kubeferry.agent.status;

import io.kubeferry.agent.http.HttpCall;
import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.agent.http.HttpRoute;
import io.kubeferry.agent.http.HttpRoutes;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What the status address answers: the status page and what it reads. */
public final class StatusRoutes {
    static final String SERVICES = "/api/v1/services";

    private StatusRoutes() {}

    /** Routes that show what {@code reading} tells at each request. */
    public static HttpRoutes of(Supplier<StatusReading> reading) {
        Map<String, HttpRoute> routes = new HashMap<>(StatusPage.routes());
        routes.put(SERVICES, HttpRoute.slow(call -> services(call, reading.get())));
        return HttpRoutes.of(routes);
    }

    private static HttpReply services(HttpCall call, StatusReading reading) {
        String document =
                StatusDocument.of(reading, ServiceFilter.of(call.query())).toString();
        return HttpReply.json(200, document + "\n")
                .with("Cache-Control", "no-store")
                .with("Cross-Origin-Resource-Policy", "same-origin")
                .gzippedFor(call);
    }
}
