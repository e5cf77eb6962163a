package io.kubeferry.agent.state;

import io.kubeferry.core.model.EndpointConditions;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.TopologyHints;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What kubeferry keeps of an EndpointSlice: valid ports and endpoints only. Immutable.
 *
 * @param name of the slice itself
 * @param service the Service it belongs to, which need not exist
 * @param lastChange when the change that led to it happened (annotation
 *     {@code endpoints.kubernetes.io/last-change-trigger-time}), if it says
 */
public record SliceRecord(
        ObjectName name,
        ObjectName service,
        IpFamily family,
        List<Port> ports,
        List<Member> members,
        Optional<Instant> lastChange) {
    /** Freezes the lists. */
    public SliceRecord {
        ports = List.copyOf(ports);
        members = List.copyOf(members);
    }

    /** A port that every member of the slice has; name and protocol join it to the Service's port. */
    public record Port(String name, Protocol protocol, int number) {}

    /** A pod address in the slice. */
    public record Member(
            InetAddress address, Optional<String> nodeName, EndpointConditions conditions, TopologyHints hints) {}
}
