package io.kubeferry.agent;

import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.DataPlane;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.routing.ListenAddress;
import io.kubeferry.core.routing.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the user what is served from now on and where, what is no longer, and which addresses are not offered for which
 * reason. Large changes are summed up.
 *
 * <p>Threading: sync thread only.
 */
final class ServedLog implements SyncObserver {
    private static final Logger LOG = LoggerFactory.getLogger(ServedLog.class);
    private static final int LINES_AT_ONCE = 20;

    private final DataPlane dataPlane;
    private Map<ListenAddress, Route> served = Map.of();
    private Set<Skipped> skipped = Set.of();

    ServedLog(DataPlane dataPlane) {
        this.dataPlane = dataPlane;
    }

    @Override
    public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
        logServed();
        logSkipped();
    }

    private void logServed() {
        Map<ListenAddress, Route> now = new LinkedHashMap<>(dataPlane.plan().routes());
        Set<ListenAddress> unbound = dataPlane.bindProblems().stream()
                .map(problem -> problem.route().place())
                .collect(Collectors.toSet());
        now.values().removeIf(route -> !route.isServed() || unbound.contains(route.place()));
        List<String> lines = new ArrayList<>();
        served.forEach((place, route) -> {
            if (!isSame(route, now.get(place))) {
                lines.add("no longer " + describe(route));
            }
        });
        now.forEach((place, route) -> {
            if (!isSame(route, served.get(place))) {
                lines.add(describe(route) + " endpoints=" + route.endpoints().size());
            }
        });
        log(lines, "changes of what is served; 'kubeferry plan' shows all");
        served = now;
    }

    private void logSkipped() {
        List<Skipped> all = dataPlane.plan().skipped();
        Map<String, List<Skipped>> fresh = all.stream()
                .filter(entry -> !skipped.contains(entry))
                .collect(Collectors.groupingBy(Skipped::object, LinkedHashMap::new, Collectors.toList()));
        List<String> lines = new ArrayList<>();
        fresh.forEach((object, reasons) -> lines.add("left out: " + object + ": "
                + reasons.stream()
                        .map(reason -> reason.port().isEmpty()
                                ? reason.reason()
                                : "port " + reason.port() + ": " + reason.reason())
                        .collect(Collectors.joining("; "))));
        log(lines, "objects are left out; 'kubeferry plan' shows why");
        skipped = new HashSet<>(all);
    }

    private static void log(List<String> lines, String whatTheRestIs) {
        lines.stream().limit(LINES_AT_ONCE).forEach(LOG::info);
        if (lines.size() > LINES_AT_ONCE) {
            LOG.info("and {} more {}", lines.size() - LINES_AT_ONCE, whatTheRestIs);
        }
    }

    private static boolean isSame(Route route, @Nullable Route other) {
        return other != null
                && route.servicePort().name().equals(other.servicePort().name())
                && route.address().equals(other.address());
    }

    /** The place is told only where it is another one. */
    static String describe(Route route) {
        String what = route.servicePort().name() + " " + route.address();
        return isOfferedAtItself(route) ? what : what + " at " + route.place();
    }

    private static boolean isOfferedAtItself(Route route) {
        return route.place()
                .equals(new ListenAddress(
                        route.address().address(), route.address().port()));
    }
}
