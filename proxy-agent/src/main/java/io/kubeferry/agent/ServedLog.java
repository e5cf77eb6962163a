package io.kubeferry.agent;

import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.DataPlane;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.PersistentMap;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.routing.ListenAddress;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.routing.RoutingPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
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
    private RoutingPlan plan = RoutingPlan.EMPTY;
    private Set<ListenAddress> unbound = Set.of();

    ServedLog(DataPlane dataPlane) {
        this.dataPlane = dataPlane;
    }

    @Override
    public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
        RoutingPlan now = dataPlane.plan();
        Set<ListenAddress> unboundNow = dataPlane.bindProblems().stream()
                .map(problem -> problem.route().place())
                .collect(Collectors.toSet());
        logServed(now, unboundNow);
        logSkipped(now);
        plan = now;
        unbound = unboundNow;
    }

    private void logServed(RoutingPlan now, Set<ListenAddress> unboundNow) {
        Set<ListenAddress> places = new HashSet<>(unbound);
        places.addAll(unboundNow);
        PersistentMap.compare(plan.routes(), now.routes(), (place, before, after) -> places.add(place));
        List<String> gone = new ArrayList<>();
        List<String> come = new ArrayList<>();
        for (ListenAddress place : places) {
            Optional<Route> before = served(plan, place, unbound);
            Optional<Route> after = served(now, place, unboundNow);
            if (before.isPresent() && after.isPresent() && isSame(before.get(), after.get())) {
                continue;
            }
            before.ifPresent(route -> gone.add("no longer " + describe(route)));
            after.ifPresent(route ->
                    come.add(describe(route) + " endpoints=" + route.endpoints().size()));
        }
        List<String> lines = new ArrayList<>();
        gone.stream().sorted().forEach(lines::add);
        come.stream().sorted().forEach(lines::add);
        log(lines, "changes of what is served; 'kubeferry plan' shows all");
    }

    private static Optional<Route> served(RoutingPlan plan, ListenAddress place, Set<ListenAddress> unbound) {
        return Optional.ofNullable(plan.routes().get(place))
                .filter(route -> route.isServed() && !unbound.contains(place));
    }

    private void logSkipped(RoutingPlan now) {
        Map<String, List<Skipped>> fresh = new TreeMap<>();
        PersistentMap.compare(plan.servicePorts(), now.servicePorts(), (key, before, after) -> {
            List<Skipped> known = before == null ? List.of() : before.skipped();
            for (Skipped entry : after == null ? List.<Skipped>of() : after.skipped()) {
                if (!known.contains(entry)) {
                    fresh.computeIfAbsent(entry.object(), _ -> new ArrayList<>())
                            .add(entry);
                }
            }
        });
        List<String> lines = new ArrayList<>();
        fresh.forEach((object, reasons) -> lines.add("left out: " + object + ": "
                + reasons.stream()
                        .map(reason -> reason.port().isEmpty()
                                ? reason.reason()
                                : "port " + reason.port() + ": " + reason.reason())
                        .collect(Collectors.joining("; "))));
        log(lines, "objects are left out; 'kubeferry plan' shows why");
    }

    private static void log(List<String> lines, String whatTheRestIs) {
        lines.stream().limit(LINES_AT_ONCE).forEach(LOG::info);
        if (lines.size() > LINES_AT_ONCE) {
            LOG.info("and {} more {}", lines.size() - LINES_AT_ONCE, whatTheRestIs);
        }
    }

    private static boolean isSame(Route route, Route other) {
        return route.servicePort().name().equals(other.servicePort().name())
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
