package io.kubeferry.agent.state;

import io.kubeferry.core.model.Skipped;
import java.util.List;

/** Something that a source saw change in the cluster, already translated. */
public sealed interface ClusterEvent {
    /**
     * A Service was added or changed.
     *
     * @param skipped what of it cannot be served, for {@code plan} and the log
     */
    record ServiceApplied(ServiceRecord service, List<Skipped> skipped) implements ClusterEvent {}

    /**
     * A Service is there but none of it is served.
     *
     * @param reason why: headless, ExternalName, no usable port, …
     */
    record ServiceIgnored(ObjectName name, Skipped reason) implements ClusterEvent {}

    /** A Service is gone, or no longer matches what is watched. */
    record ServiceRemoved(ObjectName name) implements ClusterEvent {}

    /** An EndpointSlice was added or changed. */
    record SliceApplied(SliceRecord slice, List<Skipped> skipped) implements ClusterEvent {}

    /** An EndpointSlice is there but cannot be used: no Service name, an address type that is no IP, … */
    record SliceIgnored(ObjectName name, Skipped reason) implements ClusterEvent {}

    /** An EndpointSlice is gone; it takes away its own endpoints only. */
    record SliceRemoved(ObjectName name) implements ClusterEvent {}

    /** This node's Node object was added or changed. */
    record NodeApplied(NodeRecord node) implements ClusterEvent {}

    /** This node's Node object is gone. As in kube-proxy, its last state stays in force. */
    record NodeRemoved(String name) implements ClusterEvent {}
}
