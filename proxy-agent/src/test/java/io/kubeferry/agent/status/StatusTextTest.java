package io.kubeferry.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
             "usableEndpoints": {"cluster": 1}}""";

    @Test
    void tableSumsUpAServicePortInOneRow() throws Exception {
        assertThat(StatusText.table(document(1, "web"))).isEqualTo("""
                SERVICE        ADDRESS            ENDPOINTS  ACTIVE  OPENED  FAILED  RETRIED  TO ENDPOINT  TO CLIENT
                shop/web:http  127.96.0.10:80 +1  1          2       12      5       3        100          2000
                1 address could not be bound.
                """);
    }

    @Test
    void detailTellsEveryAddressAndEveryFailure() throws Exception {
        assertThat(StatusText.detail(document(0, "web"))).isEqualTo("""
                shop/web:http
                  ClusterIP 10.96.0.10 port 80 at 127.96.0.10:80, policy Cluster, serve
                    endpoint 10.244.1.5:8080
                  NodePort 127.0.0.1 port 30080 at 127.0.0.1:30080, policy Local, not-bound
                  connections: 2 active, 12 opened, 3 connect attempts repeated
                  failed: 1 x connect_refused
                  failed: 4 x limit
                  bytes: 100 to the endpoints, 2000 to the clients
                """);
    }

    @Test
    void namesCannotMoveTheCursor() throws Exception {
        assertThat(StatusText.table(document(0, "a\\u001b[2J"))).contains("shop/a?[2J:http");
    }

    @Test
    void aServiceIsFoundByItsNameWithOrWithoutItsNamespace() throws Exception {
        JsonNode both = document(0, "web", "api");
        assertThat(StatusText.only(both, "shop/web").path("services")).hasSize(1);
        assertThat(StatusText.only(both, "api").path("services")).hasSize(1);
        assertThat(StatusText.only(both, "other/web").path("services")).isEmpty();
    }

    private static JsonNode document(int bindFailures, String... names) throws Exception {
        StringBuilder services = new StringBuilder();
        for (String name : names) {
            services.append(services.isEmpty() ? "" : ",").append(SERVICE.replace("NAME", name));
        }
        return new ObjectMapper()
                .readTree("{\"bindFailures\": " + bindFailures + ", \"services\": [" + services + "]}");
    }
}
