package io.kubeferry.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;

class StatusTextTest {
    private static final String SERVICE = """
            {"namespace": "shop", "service": "NAME", "port": "http", "protocol": "TCP",
             "addresses": [
               {"kind": "ClusterIP", "address": "10.96.0.10", "port": 80, "bound": "127.96.0.10:80",
                "policy": "Cluster", "state": "serve", "endpoints": ["10.244.1.5:8080"]},
               {"kind": "NodePort", "address": "127.0.0.1", "port": 30080, "bound": "127.0.0.1:30080",
                "policy": "Local", "state": "not-bound", "endpoints": []}],
             "connections": {"opened": 12, "active": 2, "retried": 3, "failures": {"connect_refused": 1, "limit": 4}},
             "bytes": {"toEndpoint": 100, "toClient": 2000},
             "endpoints": [
               {"address": "10.244.1.5:8080", "state": "ready", "usable": true, "connections": 2, "node": "n1"},
               {"address": "10.244.1.6:8080", "state": "not-ready", "usable": false, "connections": 0}],
             "recentFailures": [
               {"time": "2026-03-01T10:00:00.500Z", "client": "10.244.3.3:40000", "listener": "127.96.0.10:80",
                "endpoint": null, "attempts": 1, "connectSeconds": null, "durationSeconds": 0.000250,
                "bytesToEndpoint": 1, "bytesToClient": 2, "reason": "connect_refused"}],
             "recentConnections": [],
             "usableEndpoints": {"cluster": 1}}""";

    @Test
    void tableSumsUpAServicePortInOneRow() throws Exception {
        assertThat(StatusText.table(document("listener 127.0.0.1:80 is taken", "web")))
                .isEqualTo("""
                problem: listener 127.0.0.1:80 is taken
                SERVICE        ADDRESS            ENDPOINTS  ACTIVE  OPENED  FAILED  RETRIED  TO ENDPOINT  TO CLIENT
                shop/web:http  127.96.0.10:80 +1  1          2       12      5       3        100          2000
                """);
    }

    @Test
    void detailTellsEveryAddressAndEveryFailure() throws Exception {
        assertThat(StatusDetail.of(document("", "web"))).isEqualTo("""
                shop/web:http
                  ClusterIP 10.96.0.10 port 80 at 127.96.0.10:80, policy Cluster, serve
                  NodePort 127.0.0.1 port 30080 at 127.0.0.1:30080, policy Local, not-bound
                  endpoint 10.244.1.5:8080 on n1, ready, connections: 2
                  endpoint 10.244.1.6:8080, not-ready, not used, connections: 0
                  connections: 2 active, 12 opened, 3 connect attempts repeated
                  failed: 1 x connect_refused
                  failed: 4 x limit
                  bytes: 100 to the endpoints, 2000 to the clients
                  recent failures:
                    2026-03-01T10:00:00.500Z connect_refused client=10.244.3.3:40000 endpoint=- attempts=1 duration=0.000250s bytes_to_endpoint=1 bytes_to_client=2
                """);
    }

    @Test
    void namesCannotMoveTheCursor() throws Exception {
        assertThat(StatusText.table(document("", "a\\u001b[2J"))).contains("shop/a?[2J:http");
    }

    private static JsonNode document(String problem, String... names) throws Exception {
        StringBuilder services = new StringBuilder();
        for (String name : names) {
            services.append(services.isEmpty() ? "" : ",").append(SERVICE.replace("NAME", name));
        }
        String problems = problem.isEmpty() ? "" : "{\"kind\": \"listener\", \"message\": \"" + problem + "\"}";
        return JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build()
                .readTree("{\"problems\": [" + problems + "], \"services\": [" + services + "]}");
    }
}
