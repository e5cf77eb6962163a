package io.kubeferry.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.http.HttpRoutes;
import io.kubeferry.agent.sync.SyncFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProbeRoutesTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05.100Z");
    private final SyncFixture sync = new SyncFixture(START);
    private final List<String> counted = new ArrayList<>();
    private boolean nodeEligible = true;
    private final HttpRoutes routes = ProbeRoutes.of(sync.health(), () -> nodeEligible, new ProbeObserver() {
        @Override
        public void healthzAnswered(int status) {
            counted.add("healthz " + status);
        }

        @Override
        public void livezAnswered(int status) {
            counted.add("livez " + status);
        }
    });

    @Test
    void healthyAnswersSayThatTheLastUpdateIsNow() throws Exception {
        sync.bothFamiliesUpdated();
        sync.turnClock(Duration.ofSeconds(1));
        Ask.Answer healthz = Ask.path(routes, "/healthz");
        assertThat(healthz.status()).isEqualTo(200);
        assertThat(healthz.headers())
                .isEqualTo(Map.of("Content-Type", "application/json", "X-Content-Type-Options", "nosniff"));
        assertThat(healthz.body())
                .isEqualTo("{\"lastUpdated\":\"2026-01-02T03:04:06.1Z\",\"currentTime\":\"2026-01-02T03:04:06.1Z\","
                        + "\"nodeEligible\":true,\"healthy\":true,\"status\":{"
                        + "\"IPv4\":{\"lastUpdated\":\"2026-01-02T03:04:05.1Z\",\"healthy\":true},"
                        + "\"IPv6\":{\"lastUpdated\":\"2026-01-02T03:04:05.1Z\",\"healthy\":true}}}");
        assertThat(Ask.path(routes, "/livez").body())
                .isEqualTo("{\"lastUpdated\":\"2026-01-02T03:04:06.1Z\",\"currentTime\":\"2026-01-02T03:04:06.1Z\","
                        + "\"healthy\":true,\"status\":{"
                        + "\"IPv4\":{\"lastUpdated\":\"2026-01-02T03:04:05.1Z\",\"healthy\":true},"
                        + "\"IPv6\":{\"lastUpdated\":\"2026-01-02T03:04:05.1Z\",\"healthy\":true}}}");
    }

    @Test
    void anIneligibleNodeFailsHealthzButNotLivezAndCountsAsHealthy() throws Exception {
        sync.bothFamiliesUpdated();
        nodeEligible = false;
        Ask.Answer healthz = Ask.path(routes, "/healthz");
        assertThat(healthz.status()).isEqualTo(503);
        assertThat(healthz.body()).contains("\"nodeEligible\":false,\"healthy\":true");
        assertThat(Ask.path(routes, "/livez").status()).isEqualTo(200);
        assertThat(counted).containsExactly("healthz 503", "livez 200");
    }

    @Test
    void aSyncThatHangsFailsBothAndShowsTheRealUpdates() throws Exception {
        sync.bothFamiliesUpdated();
        sync.ipv6Queued();
        sync.turnClock(Duration.ofSeconds(60));
        Ask.Answer livez = Ask.path(routes, "/livez");
        assertThat(livez.status()).isEqualTo(503);
        assertThat(livez.body())
                .isEqualTo("{\"lastUpdated\":\"2026-01-02T03:04:05.1Z\",\"currentTime\":\"2026-01-02T03:05:05.1Z\","
                        + "\"healthy\":false,\"status\":{"
                        + "\"IPv4\":{\"lastUpdated\":\"2026-01-02T03:04:05.1Z\",\"healthy\":true},"
                        + "\"IPv6\":{\"lastUpdated\":\"2026-01-02T03:04:05.1Z\",\"healthy\":false}}}");
        assertThat(Ask.path(routes, "/healthz").status()).isEqualTo(503);
        assertThat(counted).containsExactly("livez 503", "healthz 503");
    }

    @Test
    void beforeAnyUpdateThereIsNoStatusAndGosZeroTime() throws Exception {
        nodeEligible = false;
        assertThat(Ask.path(routes, "/healthz").body())
                .isEqualTo("{\"lastUpdated\":\"0001-01-01T00:00:00Z\",\"currentTime\":\"2026-01-02T03:04:05.1Z\","
                        + "\"nodeEligible\":false,\"healthy\":true}");
    }
}
