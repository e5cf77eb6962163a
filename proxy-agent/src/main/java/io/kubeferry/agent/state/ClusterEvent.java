package io.kubeferry.agent.state;

import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.Skipped;
import java.util.List;

/** Something that a source saw change in the cluster, already translated. Immutable. */
public sealed interface ClusterEvent {
    /**
     * A Service was added or changed.
     *
     * @param skipped what of it cannot be served, for {@code plan} and the log
     */
    record ServiceApplied(ServiceRecord service, List<Skipped> skipped) implements ClusterEvent {
        /** Freezes the list. */
        public ServiceApplied {
            skipped = List.copyOf(skipped);
        }
    }

    /**
     * A Service is there but none of it is served.
     *
     * @param skipped why: headless, type ExternalName, each of its ports, …; at least one
     */
    record ServiceIgnored(ObjectName name, List<Skipped> skipped) implements ClusterEvent {
        /** Freezes the list. */
        public ServiceIgnored {
            skipped = List.copyOf(skipped);
        }

        /** One reason says it all. */
        public ServiceIgnored(ObjectName name, Skipped reason) {
            this(name, List.of(reason));
        }
    }

    /** A Service is gone, or no longer matches what is watched. */
    record ServiceRemoved(ObjectName name) implements ClusterEvent {}

    /**
     * An EndpointSlice was added or changed.
     *
     * @param skipped its ports and endpoints that cannot be used
     */
    record SliceApplied(SliceRecord slice, List<Skipped> skipped) implements ClusterEvent {
        /** Freezes the list. */
        public SliceApplied {
            skipped = List.copyOf(skipped);
        }
    }

    /** An EndpointSlice is there but cannot be used: no Service name, an address type that is no IP, … */
    record SliceIgnored(ObjectName name, Skipped reason) implements ClusterEvent {}

    /** An EndpointSlice is gone; it takes away its own endpoints only. */
    record SliceRemoved(ObjectName name) implements ClusterEvent {}

    /**
     * A Node object was added or changed. Those of other nodes change nothing.
     *
     * @param skipped its addresses that are none
     */
    record NodeApplied(NodeRecord node, List<Skipped> skipped) implements ClusterEvent {
        /** Freezes the list. */
        public NodeApplied {
            skipped = List.copyOf(skipped);
        }

        /** Nothing of it was left out. */
        public NodeApplied(NodeRecord node) {
            this(node, List.of());
        }
    }

    /**
     * A ServiceCIDR object was added or changed.
     *
     * @param ranges where Services get cluster IPs
     * @param skipped its ranges that are none
     */
    record ServiceCidrApplied(String name, List<IpCidr> ranges, List<Skipped> skipped) implements ClusterEvent {
        /** Freezes the lists. */
        public ServiceCidrApplied {
            ranges = List.copyOf(ranges);
            skipped = List.copyOf(skipped);
        }
    }

    /** A ServiceCIDR object is gone. */
    record ServiceCidrRemoved(String name) implements ClusterEvent {}

    /** A Node object is gone. As in kube-proxy, the last state of this node stays in force. */
    record NodeRemoved(String name) implements ClusterEvent {}
}
