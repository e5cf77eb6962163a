package io.kubeferry.core.routing;

import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.model.TrafficPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns a snapshot into a plan of what listens here and who serves it.
 *
 * <p>The plan depends on the arguments alone. What the planner remembers of the pass before only saves work: claims are
 * settled anew when an address or a Service comes or goes, endpoints are chosen anew for service ports that changed. A
 * route that did not change is the same object again.
 *
 * <p>Threading: confined to one thread.
 */
public final class RoutingPlanner {
    private final EndpointOrigin origin;
    private Pass last = Pass.overNothing();

    /** All that one pass decided, and what that rested on. Decisions are in the order of seniority. */
    private record Pass(
            HostFacts host, NodeIdentity node, AddressClaims claims, Map<ServicePortKey, Decision> decisions) {
        static Pass overNothing() {
            HostFacts host = new HostFacts(OfferedAt.LOOPBACK, List.of(), 0, false);
            return new Pass(
                    host,
                    new NodeIdentity("", Optional.empty(), List.of()),
                    AddressClaims.settle(List.of(), host),
                    Map.of());
        }
    }

    /** What was decided for one service port. */
    private record Decision(
            ServicePort servicePort,
            AddressClaims.Outcome addresses,
            UsableEndpoints usable,
            List<Skipped> skippedEndpoints,
            List<Route> routes) {}

    /** Plans for endpoints that come from {@code origin}. */
    public RoutingPlanner(EndpointOrigin origin) {
        this.origin = origin;
    }

    /** The plan for {@code snapshot} on a host like {@code host}. */
    public RoutingPlan plan(ProxySnapshot snapshot, HostFacts host) {
        List<ServicePort> servicePorts = inLastOrder(snapshot.servicePorts());
        AddressClaims claims;
        if (host.equals(last.host()) && claimAsBefore(servicePorts)) {
            claims = last.claims();
        } else {
            servicePorts.sort(AddressClaims.SENIORITY);
            claims = AddressClaims.settle(servicePorts, host);
        }
        last = new Pass(host, snapshot.node(), claims, decide(servicePorts, claims, snapshot.node()));
        return assemble(last.decisions().values());
    }

    /** In the order of the last pass, new ones at the end: sorting what is nearly sorted costs next to nothing. */
    private List<ServicePort> inLastOrder(Map<ServicePortKey, ServicePort> servicePorts) {
        List<ServicePort> ordered = new ArrayList<>(servicePorts.size());
        for (ServicePortKey key : last.decisions().keySet()) {
            ServicePort known = servicePorts.get(key);
            if (known != null) {
                ordered.add(known);
            }
        }
        if (ordered.size() < servicePorts.size()) {
            servicePorts.forEach((key, servicePort) -> {
                if (!last.decisions().containsKey(key)) {
                    ordered.add(servicePort);
                }
            });
        }
        return ordered;
    }

    /** Whether {@code servicePorts}, in the order of the last pass, are those of the last pass and claim the same. */
    private boolean claimAsBefore(List<ServicePort> servicePorts) {
        if (servicePorts.size() != last.decisions().size()) {
            return false;
        }
        Iterator<ServicePort> now = servicePorts.iterator();
        for (Decision before : last.decisions().values()) {
            if (!AddressClaims.areAlike(before.servicePort(), now.next())) {
                return false;
            }
        }
        return true;
    }

    /** Decisions of the pass before stand where neither the entry (the very object) nor its surroundings changed. */
    @SuppressWarnings("ReferenceEquality") // Snapshots share the entries that did not change, passes their claims.
    private Map<ServicePortKey, Decision> decide(
            List<ServicePort> servicePorts, AddressClaims claims, NodeIdentity node) {
        boolean sameNode = node.equals(last.node());
        boolean sameClaims = claims == last.claims();
        EndpointFilter filter = new EndpointFilter(claims.served(), origin);
        Map<ServicePortKey, Decision> decisions = LinkedHashMap.newLinkedHashMap(servicePorts.size());
        for (ServicePort servicePort : servicePorts) {
            Decision before = last.decisions().get(servicePort.key());
            boolean stands = before != null
                    && before.servicePort() == servicePort
                    && sameNode
                    && (sameClaims || withstands(before, claims, filter));
            decisions.put(
                    servicePort.key(),
                    stands ? before : decide(servicePort, claims.of(servicePort), filter, node, before));
        }
        return decisions;
    }

    /** Whether {@code decision} would be the same under {@code claims}. */
    private static boolean withstands(Decision decision, AddressClaims claims, EndpointFilter filter) {
        return decision.skippedEndpoints().isEmpty()
                && decision.addresses().equals(claims.of(decision.servicePort()))
                && filter.keepsAll(decision.servicePort());
    }

    private static Decision decide(
            ServicePort servicePort,
            AddressClaims.Outcome addresses,
            EndpointFilter filter,
            NodeIdentity node,
            @Nullable Decision before) {
        List<Skipped> skipped = new ArrayList<>(0);
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
        return new Decision(servicePort, addresses, usable, skipped, routes);
    }

    private static RoutingPlan assemble(Collection<Decision> decisions) {
        Map<ListenAddress, Route> routes = LinkedHashMap.newLinkedHashMap(2 * decisions.size());
        Map<ServicePortKey, UsableEndpoints> usable = HashMap.newHashMap(decisions.size());
        List<Skipped> skipped = new ArrayList<>();
        for (Decision decision : decisions) {
            decision.routes().forEach(route -> routes.put(route.place(), route));
            usable.put(decision.servicePort().key(), decision.usable());
            skipped.addAll(decision.addresses().skipped());
            skipped.addAll(decision.skippedEndpoints());
        }
        return new RoutingPlan(routes, usable, skipped);
    }
}
