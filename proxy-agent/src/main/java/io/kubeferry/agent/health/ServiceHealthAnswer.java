package io.kubeferry.agent.health;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.kubeferry.agent.http.HttpCall;
import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.agent.http.HttpResponder;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.core.model.IpFamily;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * What the health-check port of one Service answers, to the byte as kube-proxy does
 * ({@code pkg/proxy/healthcheck/service_health.go}), whatever the path and the method. Thread-safe.
 */
final class ServiceHealthAnswer implements HttpResponder {
    private final ObjectName service;
    private final BooleanSupplier proxyHealthy;
    private volatile Map<IpFamily, Integer> localEndpoints = Map.of();

    ServiceHealthAnswer(ObjectName service, BooleanSupplier proxyHealthy) {
        this.service = service;
        this.proxyHealthy = proxyHealthy;
    }

    /** From now on these are the endpoints on this node; a family that is missing has none. */
    void update(Map<IpFamily, Integer> endpoints) {
        localEndpoints = Map.copyOf(endpoints);
    }

    @Override
    public HttpReply respond(HttpCall call) {
        int count = localEndpoints.getOrDefault(IpFamily.of(call.localAddress()), 0);
        boolean healthy = proxyHealthy.getAsBoolean();
        return HttpReply.json(count > 0 && healthy ? 200 : 503, body(count, healthy))
                .with("X-Load-Balancing-Endpoint-Weight", Integer.toString(count));
    }

    private String body(int count, boolean healthy) {
        return """
                {
                \t"service": {
                \t\t"namespace": "%s",
                \t\t"name": "%s"
                \t},
                \t"localEndpoints": %d,
                \t"serviceProxyHealthy": %b
                }""".formatted(quoted(service.namespace()), quoted(service.name()), count, healthy);
    }

    private static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
