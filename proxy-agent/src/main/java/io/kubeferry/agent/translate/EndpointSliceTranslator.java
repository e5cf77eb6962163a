package io.kubeferry.agent.translate;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.state.SliceRecord;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Protocol;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads an EndpointSlice ({@code discovery.k8s.io/v1}) as kube-proxy does ({@code pkg/proxy/endpointslicecache.go}).
 *
 * <p>A port or an endpoint that cannot be used costs only itself. Stateless.
 */
public final class EndpointSliceTranslator {
    static final String SERVICE_LABEL = "kubernetes.io/service-name";
    static final String LAST_CHANGE_ANNOTATION = "endpoints.kubernetes.io/last-change-trigger-time";

    private EndpointSliceTranslator() {}

    /** The event of {@code slice}, read from a cluster, having been added or changed. Never throws. */
    public static ClusterEvent translate(EndpointSlice slice) {
        return translate(slice, LoopbackEndpoints.REFUSED);
    }

    /** The event of {@code slice} having been added or changed. Never throws. */
    public static ClusterEvent translate(EndpointSlice slice, LoopbackEndpoints loopback) {
        ObjectMeta metadata = slice.getMetadata();
        ObjectName name = ObjectFields.nameOf(metadata);
        FieldReader fields = new FieldReader("EndpointSlice", name);
        Optional<String> service = ObjectFields.label(metadata, SERVICE_LABEL).filter(value -> !value.isEmpty());
        Optional<IpFamily> family = Optional.empty();
        if (name.name().isEmpty()) {
            fields.skipValue("metadata.name", null, "a name");
        } else if (service.isEmpty()) {
            fields.skipValue("label " + SERVICE_LABEL, null, "the name of its Service");
        } else {
            family = fields.family("addressType", slice.getAddressType());
        }
        if (service.isEmpty() || family.isEmpty()) {
            return new ClusterEvent.SliceIgnored(name, fields.skipped().getFirst());
        }
        SliceRecord translated = new SliceRecord(
                name,
                new ObjectName(name.namespace(), service.get()),
                family.get(),
                ports(slice, fields),
                new SliceMemberReader(family.get(), loopback, fields).members(slice),
                ObjectFields.annotation(metadata, LAST_CHANGE_ANNOTATION)
                        .flatMap(EndpointSliceTranslator::parseInstant));
        return new ClusterEvent.SliceApplied(translated, fields.skipped());
    }

    private static List<SliceRecord.Port> ports(EndpointSlice slice, FieldReader fields) {
        List<SliceRecord.Port> ports = new ArrayList<>();
        List<EndpointPort> listed = ObjectFields.orEmpty(slice.getPorts());
        for (int i = 0; i < listed.size(); i++) {
            EndpointPort port = listed.get(i);
            if (port == null) {
                fields.skipValue("ports[" + i + "]", null, "a port");
                continue;
            }
            // The API server makes an absent name the empty one, so a port without a name is unnamed here too.
            String name = ObjectFields.nonEmpty(port.getName()).orElse("");
            String label = FieldReader.portLabel(name, port.getPort(), i);
            Optional<Protocol> protocol = fields.protocol(label, port.getProtocol());
            OptionalInt number = fields.portNumber(label, "port", port.getPort());
            if (protocol.isPresent() && number.isPresent()) {
                ports.add(new SliceRecord.Port(name, protocol.get(), number.getAsInt()));
            }
        }
        return ports;
    }

    /** The time only feeds a metric: one that cannot be read takes nothing from anybody and is not noted. */
    private static Optional<Instant> parseInstant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException notAnInstant) {
            return Optional.empty();
        }
    }
}
