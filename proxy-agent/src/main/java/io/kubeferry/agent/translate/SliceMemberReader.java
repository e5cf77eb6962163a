package io.kubeferry.agent.translate;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointHints;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.ForNode;
import io.fabric8.kubernetes.api.model.discovery.v1.ForZone;
import io.kubeferry.agent.state.SliceRecord;
import io.kubeferry.core.model.EndpointConditions;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.TopologyHints;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the endpoints of a slice. Threading: confined to one translation. */
final class SliceMemberReader {
    private final IpFamily family;
    private final LoopbackEndpoints loopback;
    private final FieldReader fields;

    SliceMemberReader(IpFamily family, LoopbackEndpoints loopback, FieldReader fields) {
        this.family = family;
        this.loopback = loopback;
        this.fields = fields;
    }

    /** The usable endpoints in the slice's order. */
    List<SliceRecord.Member> members(EndpointSlice slice) {
        List<SliceRecord.Member> members = new ArrayList<>();
        List<Endpoint> endpoints = ObjectFields.orEmpty(slice.getEndpoints());
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint endpoint = endpoints.get(i);
            if (endpoint == null) {
                fields.skipValue("endpoints[" + i + "]", null, "an endpoint");
                continue;
            }
            address(endpoint, "endpoints[" + i + "].addresses[0]")
                    .map(address -> new SliceRecord.Member(
                            address,
                            ObjectFields.nonEmpty(endpoint.getNodeName()),
                            conditions(endpoint.getConditions()),
                            hints(endpoint.getHints())))
                    .ifPresent(members::add);
        }
        return members;
    }

    /** Only the first address counts, as in kube-proxy: all of them are meant to reach the same pod. */
    private Optional<InetAddress> address(Endpoint endpoint, String field) {
        List<String> addresses = ObjectFields.orEmpty(endpoint.getAddresses());
        String text = addresses.isEmpty() ? null : addresses.getFirst();
        if (text == null || text.isBlank()) {
            fields.skipValue(field, text, "an " + family.kubernetesName() + " address");
            return Optional.empty();
        }
        return fields.address(field, text, family).filter(address -> isUsable(address, field, text));
    }

    /** The API server refuses the same addresses ({@code ValidateNonSpecialIP}). */
    private boolean isUsable(InetAddress address, String field, String text) {
        if (address.isLoopbackAddress() && loopback == LoopbackEndpoints.REFUSED) {
            fields.skipValue(field, text, "not loopback, which is another one on every node");
            return false;
        }
        if (address.isLinkLocalAddress() || address.isMulticastAddress() || address.isAnyLocalAddress()) {
            fields.skipValue(field, text, "not link-local, multicast or unspecified");
            return false;
        }
        return true;
    }

    /** Absent conditions mean ready, serving and not terminating. */
    private static EndpointConditions conditions(
            io.fabric8.kubernetes.api.model.discovery.v1.@Nullable EndpointConditions conditions) {
        return conditions == null
                ? EndpointConditions.READY
                : new EndpointConditions(
                        !Boolean.FALSE.equals(conditions.getReady()),
                        !Boolean.FALSE.equals(conditions.getServing()),
                        Boolean.TRUE.equals(conditions.getTerminating()));
    }

    private static TopologyHints hints(@Nullable EndpointHints hints) {
        return hints == null
                ? TopologyHints.NONE
                : new TopologyHints(
                        names(hints.getForZones(), ForZone::getName), names(hints.getForNodes(), ForNode::getName));
    }

    private static <T> Set<String> names(@Nullable List<T> hints, Function<T, @Nullable String> name) {
        return ObjectFields.orEmpty(hints).stream()
                .filter(Objects::nonNull)
                .flatMap(hint -> ObjectFields.nonEmpty(name.apply(hint)).stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}
