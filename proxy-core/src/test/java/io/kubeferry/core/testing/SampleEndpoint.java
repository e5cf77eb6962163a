package io.kubeferry.core.testing;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.EndpointConditions;
import io.kubeferry.core.model.TopologyHints;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;

/** Writes an endpoint down: ready, on an unknown node and without hints, unless it says otherwise. */
public final class SampleEndpoint {
    private final InetSocketAddress target;
    private Optional<String> nodeName = Optional.empty();
    private EndpointConditions conditions = EndpointConditions.READY;
    private Set<String> zoneHints = Set.of();
    private Set<String> nodeHints = Set.of();

    private SampleEndpoint(InetSocketAddress target) {
        this.target = target;
    }

    /** An endpoint at {@code addressAndPort}: {@code 10.244.1.5:8080}. */
    public static SampleEndpoint endpoint(String addressAndPort) {
        return new SampleEndpoint(Snapshots.socketAddress(addressAndPort));
    }

    /** It runs on the node called {@code name}. */
    public SampleEndpoint onNode(String name) {
        nodeName = Optional.of(name);
        return this;
    }

    /** It neither takes connections nor would it answer. */
    public SampleEndpoint unready() {
        conditions = new EndpointConditions(false, false, false);
        return this;
    }

    /** Its pod is being deleted and still answers. */
    public SampleEndpoint servingAndTerminating() {
        conditions = new EndpointConditions(false, true, true);
        return this;
    }

    /** Its pod is being deleted and answers no more. */
    public SampleEndpoint terminating() {
        conditions = new EndpointConditions(false, false, true);
        return this;
    }

    /** It is meant for clients in {@code zones}. */
    public SampleEndpoint forZones(String... zones) {
        zoneHints = Set.of(zones);
        return this;
    }

    /** It is meant for clients on {@code nodes}. */
    public SampleEndpoint forNodes(String... nodes) {
        nodeHints = Set.of(nodes);
        return this;
    }

    /** The endpoint as written. */
    public Endpoint build() {
        return new Endpoint(
                target.getAddress(), target.getPort(), nodeName, conditions, new TopologyHints(zoneHints, nodeHints));
    }
}
