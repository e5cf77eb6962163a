package io.kubeferry.agent.status;

import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.agent.http.HttpRoute;
import io.kubeferry.agent.http.HttpRoutes;
import java.util.Map;
import java.util.function.Supplier;

/** What the status address answers. */
public final class StatusRoutes {
    static final String SERVICES = "/api/v1/services";

    private StatusRoutes() {}

    /** Routes that show what {@code reading} tells at each request. */
    public static HttpRoutes of(Supplier<StatusReading> reading) {
        return HttpRoutes.of(Map.of(
                SERVICES,
                HttpRoute.slow(call -> HttpReply.json(
                                200, StatusDocument.of(reading.get()).toString() + "\n")
                        .with("Cache-Control", "no-store"))));
    }
}
