package io.kubeferry.core.model;

import java.util.List;

/**
 * How a service port's connections are spread.
 *
 * @param internal rules the cluster IP
 * @param external rules node ports, external IPs and load-balancer IPs
 * @param sourceRanges clients allowed on load-balancer IPs, of this family; empty allows all
 */
public record TrafficRules(
        TrafficPolicy internal, TrafficPolicy external, SessionAffinity affinity, List<IpCidr> sourceRanges) {
    /** Freezes the list. */
    public TrafficRules {
        sourceRanges = List.copyOf(sourceRanges);
    }
}
