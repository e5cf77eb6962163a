package io.kubeferry.core.routing;

import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.PersistentMap;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.model.Skipped;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What should be listening on this host, and what is left out for which reason. Immutable. A plan shares what did not
 * change with the one before: {@link PersistentMap#compare} finds the rest.
 *
 * @param servicePorts what was decided for every service port of the snapshot
 * @param routes those of all service ports, by the place where connections arrive
 */
public record RoutingPlan(
        PersistentMap<ServicePortKey, ServicePortPlan> servicePorts, PersistentMap<ListenAddress, Route> routes) {
    /** A plan that offers nothing. */
    public static final RoutingPlan EMPTY = new RoutingPlan(PersistentMap.empty(), PersistentMap.empty());

    private static final Comparator<ServicePortPlan> ORDER =
            Comparator.comparing(ServicePortPlan::servicePort, AddressClaims.SENIORITY);

    /** The usable endpoints of {@code servicePort}; null if the snapshot does not have it. */
    public @Nullable UsableEndpoints usable(ServicePortKey servicePort) {
        ServicePortPlan decided = servicePorts.get(servicePort);
        return decided == null ? null : decided.usable();
    }

    /** What was decided for {@code name} in each IP family that it has. */
    public List<ServicePortPlan> of(ServicePortName name) {
        List<ServicePortPlan> families = new ArrayList<>(2);
        for (IpFamily family : IpFamily.values()) {
            ServicePortPlan decided = servicePorts.get(new ServicePortKey(name, family));
            if (decided != null) {
                families.add(decided);
            }
        }
        return families;
    }

    /** All routes, those of older Services first. Sorts them. */
    public List<Route> routesInOrder() {
        return servicePorts.values().stream()
                .sorted(ORDER)
                .flatMap(decided -> decided.routes().stream())
                .toList();
    }

    /** Addresses and endpoints that are not offered, those of older Services first. Sorts them. */
    public List<Skipped> skipped() {
        return servicePorts.values().stream()
                .filter(decided -> !decided.skipped().isEmpty())
                .sorted(ORDER)
                .flatMap(decided -> decided.skipped().stream())
                .toList();
    }
}
