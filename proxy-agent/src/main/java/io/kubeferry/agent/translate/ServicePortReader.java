package io.kubeferry.agent.translate;

import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.kubeferry.agent.state.ServiceRecord;
import io.kubeferry.core.model.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads the ports of a Service: those of TCP are served, the others are named. Stateless. */
final class ServicePortReader {
    private ServicePortReader() {}

    /** The usable TCP ports in the Service's order. Empty only if something was noted. */
    static List<ServiceRecord.Port> tcpPorts(ServiceSpec spec, FieldReader fields) {
        List<ServicePort> ports = ObjectFields.orEmpty(spec.getPorts());
        if (ports.isEmpty()) {
            fields.skip("no ports");
        }
        Map<String, ServiceRecord.Port> byName = new LinkedHashMap<>();
        for (int i = 0; i < ports.size(); i++) {
            int index = i;
            tcpPort(ports.get(i), index, fields).ifPresent(port -> {
                ServiceRecord.Port earlier = byName.put(port.name(), port);
                if (earlier != null) {
                    fields.skipPort(
                            FieldReader.portLabel(earlier.name(), earlier.number(), index),
                            "number " + earlier.number() + " gives way to a later port of the same name, number "
                                    + port.number());
                }
            });
        }
        return new ArrayList<>(byName.values());
    }

    private static Optional<ServiceRecord.Port> tcpPort(ServicePort port, int index, FieldReader fields) {
        if (port == null) {
            fields.skipValue("ports[" + index + "]", null, "a port");
            return Optional.empty();
        }
        String name = ObjectFields.nonEmpty(port.getName()).orElse("");
        String label = FieldReader.portLabel(name, port.getPort(), index);
        Optional<Protocol> protocol = fields.protocol(label, port.getProtocol());
        OptionalInt number = fields.portNumber(label, "port", port.getPort());
        if (protocol.isEmpty() || number.isEmpty()) {
            return Optional.empty();
        }
        return switch (protocol.get()) {
            case TCP ->
                Optional.of(
                        new ServiceRecord.Port(name, number.getAsInt(), nodePort(label, port.getNodePort(), fields)));
            case UDP, SCTP -> {
                fields.skipPort(label, protocol.get() + " is not carried by kubeferry");
                yield Optional.empty();
            }
        };
    }

    /** The API writes 0 where there is none, as with {@code allocateLoadBalancerNodePorts: false}. */
    private static OptionalInt nodePort(String label, @Nullable Integer number, FieldReader fields) {
        return number == null || number == 0 ? OptionalInt.empty() : fields.portNumber(label, "nodePort", number);
    }
}
