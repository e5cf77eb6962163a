package io.kubeferry.agent.health;

import io.kubeferry.agent.sync.SyncHealth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Optional;
import java.util.stream.Collectors;

/** The JSON of {@code /healthz} and {@code /livez}: the fields of kube-proxy's {@code ProxyHealth}, in its order. */
final class ProbeBody {
    /** Go's RFC3339Nano, which drops the zeros at the end of a fraction, in UTC. */
    private static final DateTimeFormatter RFC3339_NANO = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendLiteral('Z')
            .toFormatter()
            .withZone(ZoneOffset.UTC);
    /** How Go shows a time that was never set. */
    private static final String NEVER = "0001-01-01T00:00:00Z";

    private ProbeBody() {}

    /**
     * The body.
     *
     * @param nodeEligible left out where it is not asked for
     * @param ok on success {@code lastUpdated} is now, which is what it meant before kube-proxy counted real updates
     */
    static String of(SyncHealth.Report report, Optional<Boolean> nodeEligible, boolean ok) {
        String now = RFC3339_NANO.format(report.currentTime());
        String lastUpdated =
                ok ? now : report.lastUpdated().map(RFC3339_NANO::format).orElse(NEVER);
        return "{\"lastUpdated\":\"" + lastUpdated + "\",\"currentTime\":\"" + now + "\""
                + nodeEligible.map(eligible -> ",\"nodeEligible\":" + eligible).orElse("")
                + ",\"healthy\":" + report.healthy()
                + status(report)
                + "}";
    }

    private static String status(SyncHealth.Report report) {
        if (report.families().isEmpty()) {
            return "";
        }
        return report.families().entrySet().stream()
                .map(entry -> "\"" + entry.getKey().kubernetesName() + "\":" + family(entry.getValue()))
                .collect(Collectors.joining(",", ",\"status\":{", "}"));
    }

    private static String family(SyncHealth.Family family) {
        return "{\"lastUpdated\":\"" + RFC3339_NANO.format(family.lastUpdated()) + "\",\"healthy\":" + family.healthy()
                + "}";
    }
}
