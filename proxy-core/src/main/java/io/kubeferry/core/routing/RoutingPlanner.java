package io.kubeferry.core.routing;

import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.PersistentMap;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.model.TrafficPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a snapshot into a plan of what listens here and who serves it.
 *
 * <p>The plan depends on the arguments alone. What the planner remembers of the pass before only saves work: a pass looks
 * at the service ports that changed, at those that had an address in common with them, and at those that have an endpoint
 * at an address that is served since or is not any more. It looks at all of them where the host or the node changed. What
 * comes out as before is the same object again.
 *
 * <p>Threading: confined to one thread.
 */
public final class RoutingPlanner {
    private static final HostFacts NO_HOST = new HostFacts(OfferedAt.LOOPBACK, List.of(), 0, false);
    private static final NodeIdentity NO_NODE = new NodeIdentity("", Optional.empty(), List.of());

    private final EndpointOrigin origin;
    private AddressClaims claims = new AddressClaims(NO_HOST);
    private EndpointUsers users = new EndpointUsers();
    /** What the last pass was over. */
    private PersistentMap<ServicePortKey, ServicePort> servicePorts = PersistentMap.empty();

    private NodeIdentity node = NO_NODE;
    private RoutingPlan last = RoutingPlan.EMPTY;

    /** Plans for endpoints that come from {@code origin}. */
    public RoutingPlanner(EndpointOrigin origin) {
        this.origin = origin;
    }

    /** The plan for {@code snapshot} on a host like {@code host}. */
    public RoutingPlan plan(ProxySnapshot snapshot, HostFacts host) {
        try {
            Set<ServicePortKey> affected = takeIn(snapshot, host);
            last = decide(affected);
            return last;
        } catch (RuntimeException broken) {
            forget();
            throw broken;
        }
    }

    /** What is half of one pass and half of another must not lead the next one astray. */
    private void forget() {
        claims = new AddressClaims(NO_HOST);
        users = new EndpointUsers();
        servicePorts = PersistentMap.empty();
        last = RoutingPlan.EMPTY;
    }

    /** Brings all that is remembered up to date but the plan; tells for which service ports that may be another one. */
    private Set<ServicePortKey> takeIn(ProxySnapshot snapshot, HostFacts host) {
        Set<ServicePortKey> affected = new LinkedHashSet<>();
        List<ServicePort> gone = new ArrayList<>();
        List<ServicePort> come = new ArrayList<>();
        PersistentMap.compare(servicePorts, snapshot.servicePorts(), (key, before, after) -> {
            affected.add(key);
            boolean claimsChange = before == null || after == null || !AddressClaims.areAlike(before, after);
            if (before != null) {
                users.remove(before);
                if (claimsChange) {
                    gone.add(before);
                }
            }
            if (after != null) {
                users.add(after);
                if (claimsChange) {
                    come.add(after);
                }
            }
        });
        boolean sameHost = host.equals(claims.host());
        if (!sameHost || !snapshot.node().equals(node)) {
            affected.addAll(servicePorts.keySet());
            affected.addAll(snapshot.servicePorts().keySet());
        }
        servicePorts = snapshot.servicePorts();
        node = snapshot.node();
        if (!sameHost) {
            claims = new AddressClaims(host);
        }
        Contests.Changes changes =
                sameHost ? claims.change(gone, come) : claims.change(List.of(), servicePorts.values());
        affected.addAll(changes.concerned());
        changes.begunOrEnded().forEach(address -> affected.addAll(users.of(address)));
        return affected;
    }

    private RoutingPlan decide(Collection<ServicePortKey> affected) {
        EndpointFilter filter = new EndpointFilter(claims.served(), origin);
        PersistentMap<ServicePortKey, ServicePortPlan> decided = last.servicePorts();
        PersistentMap<ListenAddress, Route> routes = last.routes();
        List<Route> added = new ArrayList<>();
        for (ServicePortKey key : affected) {
            ServicePort servicePort = servicePorts.get(key);
            ServicePortPlan before = last.servicePorts().get(key);
            ServicePortPlan after = servicePort == null ? null : decide(servicePort, filter, before);
            if (before != null && !before.equals(after)) {
                for (Route route : before.routes()) {
                    routes = routes.without(route.place());
                }
            }
            if (after == null) {
                decided = decided.without(key);
            } else if (!after.equals(before)) {
                decided = decided.with(key, after);
                added.addAll(after.routes());
            }
        }
        // A place that goes from one service port to another is taken away first.
        for (Route route : added) {
            routes = routes.with(route.place(), route);
        }
        return new RoutingPlan(decided, routes);
    }

    private ServicePortPlan decide(ServicePort servicePort, EndpointFilter filter, @Nullable ServicePortPlan before) {
        AddressClaims.Outcome addresses = claims.of(servicePort);
        List<Skipped> skipped = new ArrayList<>(addresses.skipped());
        ServicePort filtered = filter.filter(servicePort, skipped);
        UsableEndpoints usable = EndpointCategorizer.categorize(filtered, node);
        List<Route> routes = new ArrayList<>(addresses.claims().size());
        for (AddressClaims.Claim claim : addresses.claims()) {
            TrafficPolicy policy = claim.address().kind().isExternal()
                    ? servicePort.rules().external()
                    : servicePort.rules().internal();
            Route route = new Route(claim.place(), claim.address(), servicePort, policy, usable.under(policy));
            int known = before == null ? -1 : before.routes().indexOf(route);
            routes.add(before == null || known < 0 ? route : before.routes().get(known));
        }
        return new ServicePortPlan(servicePort, usable, routes, skipped);
    }
}
