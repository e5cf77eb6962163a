package io.kubeferry.core.routing;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.model.TrafficRules;
import java.util.List;

/**
 * What a client gets that connects to a Service address, as in kube-proxy ({@code pkg/proxy/nftables/proxier.go}).
 * Source ranges are decided before: {@link SourceRanges}. Immutable.
 *
 * @param verdict what becomes of the connection
 * @param endpoints where it may go: some under {@link Verdict#SERVE}, none otherwise
 */
public record Admission(Verdict verdict, List<Endpoint> endpoints) {
    /** What becomes of a connection. */
    public enum Verdict {
        /** It is carried to an endpoint. */
        SERVE,
        /** It is refused at once: there is no usable endpoint anywhere. */
        REFUSE,
        /** It gets no answer: there are usable endpoints, but not on this node, and the policy wants those. */
        DROP
    }

    private static final Admission REFUSED = new Admission(Verdict.REFUSE, List.of());
    private static final Admission DROPPED = new Admission(Verdict.DROP, List.of());

    /** Freezes the list. */
    public Admission {
        endpoints = List.copyOf(endpoints);
    }

    /** What a client at {@code origin} gets at an address of {@code kind}. */
    public static Admission decide(
            ServiceAddressKind kind, TrafficRules rules, UsableEndpoints usable, ClientOrigin origin) {
        if (!usable.anywhere()) {
            return REFUSED;
        }
        List<Endpoint> endpoints = usable.under(policy(kind, rules, origin));
        return endpoints.isEmpty() ? DROPPED : new Admission(Verdict.SERVE, endpoints);
    }

    /**
     * The policy that rules this client. The external one keeps outsiders on the node that they came to; the node and
     * pods never went through a load balancer and are short-circuited to all endpoints.
     */
    private static TrafficPolicy policy(ServiceAddressKind kind, TrafficRules rules, ClientOrigin origin) {
        if (!kind.isExternal()) {
            return rules.internal();
        }
        return origin == ClientOrigin.OUTSIDE ? rules.external() : TrafficPolicy.CLUSTER;
    }
}
