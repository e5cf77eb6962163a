package io.kubeferry.agent.saved;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeferry.agent.saved.SavedState.Moment;
import io.kubeferry.agent.saved.SavedState.Origin;
import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.agent.state.NodeRecord;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.state.ServiceRecord;
import io.kubeferry.agent.state.SliceRecord;
import io.kubeferry.core.model.Balance;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.EndpointConditions;
import io.kubeferry.core.model.EndpointRemoval;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.ProxyProtocol;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.model.SessionAffinity;
import io.kubeferry.core.model.TopologyHints;
import io.kubeferry.core.model.TrafficPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads a state file that {@link StateEncoder} wrote, and believes nothing of it that a bug, another program or a disk could
 * have spoilt. Long lists are read one element after the other, so that a start needs little memory. Confined to one thread.
 */
final class StateDecoder {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode fields = JSON.createObjectNode();
    private final Map<String, List<IpCidr>> serviceRanges = new HashMap<>();
    private final List<ServiceRecord> services = new ArrayList<>();
    private final List<SliceRecord> slices = new ArrayList<>();
    private final Map<ServicePortKey, List<RememberedClient>> clients = new HashMap<>();

    private StateDecoder() {}

    /** The state in the bytes of a file. */
    static SavedState decode(byte[] file) throws UnusableStateException {
        byte[] content = Envelope.open(file);
        StateDecoder decoder = new StateDecoder();
        try (JsonParser parser = JSON.createParser(content)) {
            decoder.readAll(parser);
        } catch (IOException noJson) {
            throw new UnusableStateException("content", noJson.getClass().getSimpleName(), "JSON");
        }
        return decoder.state();
    }

    private void readAll(JsonParser parser) throws IOException, UnusableStateException {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "serviceRanges" ->
                    each(name, parser, range -> serviceRanges.put(range.text("name"), range.ranges("ranges")));
                case "services" -> each(name, parser, service -> services.add(service(service)));
                case "slices" -> each(name, parser, slice -> slices.add(slice(slice)));
                case "clients" ->
                    each(name, parser, port -> clients.put(key(port), port.list("remembered", StateDecoder::client)));
                default -> fields.set(name, parser.<JsonNode>readValueAsTree());
            }
        }
    }

    @FunctionalInterface
    private interface Taking {
        void take(StateFields element) throws UnusableStateException;
    }

    private static void each(String name, JsonParser parser, Taking taking) throws IOException, UnusableStateException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new UnusableStateException(name, parser.getText(), "a list");
        }
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            String path = name + "[" + i + "]";
            try {
                taking.take(new StateFields(parser.readValueAsTree(), path + "."));
            } catch (IllegalArgumentException rejected) {
                throw new UnusableStateException(path + ": " + rejected.getMessage());
            }
        }
    }

    private SavedState state() throws UnusableStateException {
        StateFields all = new StateFields(fields, "");
        Optional<NodeRecord> node =
                all.has("nodeObject") ? Optional.of(node(all.object("nodeObject"))) : Optional.empty();
        return new SavedState(
                new Origin(all.text("node"), all.text("source"), all.text("serviceProxyName"), all.texts("namespaces")),
                new Moment(all.text("bootId"), Duration.ofMillis(all.number("sinceBootMillis")), all.instant("time")),
                new ClusterContents(node, services, slices, serviceRanges),
                clients);
    }

    private static NodeRecord node(StateFields node) throws UnusableStateException {
        return new NodeRecord(
                node.text("name"),
                node.optionalText("zone"),
                node.addresses("addresses"),
                node.truth("eligible", true));
    }

    private static ServiceRecord service(StateFields service) throws UnusableStateException {
        Map<IpFamily, InetAddress> clusterIps = new EnumMap<>(IpFamily.class);
        StateFields byFamily = service.object("clusterIps");
        for (IpFamily family : IpFamily.values()) {
            if (byFamily.has(family.name())) {
                clusterIps.put(family, byFamily.address(family.name()));
            }
        }
        Optional<Duration> affinity = service.optionalDuration("clientIpAffinity");
        return new ServiceRecord(
                new ObjectName(service.text("namespace"), service.text("name")),
                service.instant("created"),
                clusterIps,
                service.addresses("externalIps"),
                service.addresses("loadBalancerIps"),
                service.ranges("sourceRanges"),
                service.choice("internalPolicy", TrafficPolicy.class),
                service.choice("externalPolicy", TrafficPolicy.class),
                affinity.isPresent() ? new SessionAffinity.ClientIp(affinity.get()) : new SessionAffinity.None(),
                service.has("connections") ? rules(service.object("connections")) : ConnectionRules.DEFAULT,
                service.optionalPort("healthCheckNodePort"),
                service.list(
                        "ports",
                        port -> new ServiceRecord.Port(
                                port.text("name"), port.port("port"), port.optionalPort("nodePort"))));
    }

    private static ConnectionRules rules(StateFields rules) throws UnusableStateException {
        return new ConnectionRules(
                rules.choice("balance", Balance.class),
                rules.has("proxyProtocol")
                        ? Optional.of(rules.choice("proxyProtocol", ProxyProtocol.class))
                        : Optional.empty(),
                rules.optionalDuration("connectTimeout"),
                rules.optionalDuration("idleTimeout"),
                rules.has("maxConnections")
                        ? OptionalInt.of(Math.clamp(rules.number("maxConnections"), 0, Integer.MAX_VALUE))
                        : OptionalInt.empty(),
                removal(rules),
                rules.truth("setAside", true));
    }

    private static EndpointRemoval removal(StateFields rules) throws UnusableStateException {
        Optional<Duration> drain = rules.optionalDuration("drainOnEndpointRemoval");
        if (drain.isPresent()) {
            return new EndpointRemoval.Drain(drain.get());
        }
        return rules.truth("resetOnEndpointRemoval", false) ? new EndpointRemoval.Reset() : new EndpointRemoval.Keep();
    }

    private static SliceRecord slice(StateFields slice) throws UnusableStateException {
        return new SliceRecord(
                new ObjectName(slice.text("namespace"), slice.text("name")),
                new ObjectName(slice.text("serviceNamespace"), slice.text("service")),
                slice.choice("family", IpFamily.class),
                slice.list(
                        "ports",
                        port -> new SliceRecord.Port(
                                port.text("name"), port.choice("protocol", Protocol.class), port.port("port"))),
                slice.list("endpoints", StateDecoder::member),
                slice.has("lastChange") ? Optional.of(slice.instant("lastChange")) : Optional.empty());
    }

    private static SliceRecord.Member member(StateFields member) throws UnusableStateException {
        return new SliceRecord.Member(
                member.address("address"),
                member.optionalText("node"),
                new EndpointConditions(
                        member.truth("ready", true), member.truth("serving", true), member.truth("terminating", false)),
                new TopologyHints(new HashSet<>(member.texts("zoneHints")), new HashSet<>(member.texts("nodeHints"))));
    }

    private static ServicePortKey key(StateFields port) throws UnusableStateException {
        return new ServicePortKey(
                new ServicePortName(
                        port.text("namespace"),
                        port.text("service"),
                        port.text("port"),
                        port.choice("protocol", Protocol.class)),
                port.choice("family", IpFamily.class));
    }

    private static RememberedClient client(StateFields client) throws UnusableStateException {
        return new RememberedClient(
                client.address("client"),
                client.address("address"),
                client.port("port"),
                Duration.ofMillis(client.number("idleMillis")));
    }
}
