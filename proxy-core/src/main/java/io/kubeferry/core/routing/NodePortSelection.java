package io.kubeferry.core.routing;

import io.kubeferry.core.model.IpCidr;
import java.util.List;

/** On which of the node's addresses node ports are wanted: {@code --nodeport-addresses}, read. Immutable. */
public sealed interface NodePortSelection {
    /** Nothing was said: what is usual for the address mode. */
    record Default() implements NodePortSelection {}

    /** {@code primary}: the addresses by which the cluster knows the node, one of each family. */
    record Primary() implements NodePortSelection {}

    /** Every address of this host that lies in one of {@code ranges}. */
    record Ranges(List<IpCidr> ranges) implements NodePortSelection {
        /** Freezes the list, which holds at least one range. */
        public Ranges {
            if (ranges.isEmpty()) {
                throw new IllegalArgumentException("node port ranges: none (expected: one or more CIDRs)");
            }
            ranges = List.copyOf(ranges);
        }
    }
}
