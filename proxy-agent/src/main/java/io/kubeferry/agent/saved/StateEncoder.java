package io.kubeferry.agent.saved;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.agent.state.NodeRecord;
import io.kubeferry.agent.state.ServiceRecord;
import io.kubeferry.agent.state.SliceRecord;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.EndpointConditions;
import io.kubeferry.core.model.EndpointRemoval;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.SessionAffinity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Writes a {@link SavedState} as a state file: after the first line, one JSON object. What is empty, and what is as it is most
 * often, is left out. {@link StateDecoder} reads it. Confined to one thread.
 */
final class StateEncoder {
    private static final JsonFactory JSON = new JsonFactory();

    private final JsonGenerator json;

    private StateEncoder(JsonGenerator json) {
        this.json = json;
    }

    /** The bytes of the file. */
    static byte[] encode(SavedState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            new StateEncoder(json).write(state);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Envelope.seal(bytes.toByteArray());
    }

    private void write(SavedState state) throws IOException {
        json.writeStartObject();
        json.writeStringField("node", state.origin().node());
        json.writeStringField("source", state.origin().source());
        json.writeStringField("serviceProxyName", state.origin().serviceProxyName());
        texts("namespaces", state.origin().namespaces());
        json.writeStringField("bootId", state.saved().bootId());
        json.writeNumberField("sinceBootMillis", state.saved().sinceBoot().toMillis());
        json.writeStringField("time", state.saved().time().toString());
        write(state.cluster());
        json.writeArrayFieldStart("clients");
        for (Map.Entry<ServicePortKey, List<RememberedClient>> entry :
                state.clients().entrySet()) {
            write(entry.getKey(), entry.getValue());
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeRaw('\n');
    }

    private void write(ClusterContents cluster) throws IOException {
        if (cluster.node().isPresent()) {
            NodeRecord node = cluster.node().get();
            json.writeObjectFieldStart("nodeObject");
            json.writeStringField("name", node.name());
            if (node.zone().isPresent()) {
                json.writeStringField("zone", node.zone().get());
            }
            addresses("addresses", node.addresses());
            json.writeBooleanField("eligible", node.eligible());
            json.writeEndObject();
        }
        json.writeArrayFieldStart("serviceRanges");
        for (Map.Entry<String, List<IpCidr>> entry : cluster.serviceRanges().entrySet()) {
            json.writeStartObject();
            json.writeStringField("name", entry.getKey());
            ranges("ranges", entry.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("services");
        for (ServiceRecord service : cluster.services()) {
            write(service);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("slices");
        for (SliceRecord slice : cluster.slices()) {
            write(slice);
        }
        json.writeEndArray();
    }

    private void write(ServiceRecord service) throws IOException {
        json.writeStartObject();
        json.writeStringField("namespace", service.name().namespace());
        json.writeStringField("name", service.name().name());
        json.writeStringField("created", service.created().toString());
        json.writeObjectFieldStart("clusterIps");
        for (IpFamily family : IpFamily.values()) {
            InetAddress address = service.clusterIps().get(family);
            if (address != null) {
                json.writeStringField(family.name(), IpAddresses.format(address));
            }
        }
        json.writeEndObject();
        addresses("externalIps", service.externalIps());
        addresses("loadBalancerIps", service.loadBalancerIps());
        ranges("sourceRanges", service.sourceRanges());
        json.writeStringField("internalPolicy", service.internalPolicy().name());
        json.writeStringField("externalPolicy", service.externalPolicy().name());
        switch (service.affinity()) {
            case SessionAffinity.None() -> {}
            case SessionAffinity.ClientIp(Duration timeout) ->
                json.writeStringField("clientIpAffinity", timeout.toString());
        }
        if (!service.connections().equals(ConnectionRules.DEFAULT)) {
            write(service.connections());
        }
        if (service.healthCheckNodePort().isPresent()) {
            json.writeNumberField(
                    "healthCheckNodePort", service.healthCheckNodePort().getAsInt());
        }
        json.writeArrayFieldStart("ports");
        for (ServiceRecord.Port port : service.ports()) {
            json.writeStartObject();
            json.writeStringField("name", port.name());
            json.writeNumberField("port", port.number());
            if (port.nodePort().isPresent()) {
                json.writeNumberField("nodePort", port.nodePort().getAsInt());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(ConnectionRules rules) throws IOException {
        json.writeObjectFieldStart("connections");
        json.writeStringField("balance", rules.balance().name());
        if (rules.proxyProtocol().isPresent()) {
            json.writeStringField("proxyProtocol", rules.proxyProtocol().get().name());
        }
        if (rules.connectTimeout().isPresent()) {
            json.writeStringField("connectTimeout", rules.connectTimeout().get().toString());
        }
        if (rules.idleTimeout().isPresent()) {
            json.writeStringField("idleTimeout", rules.idleTimeout().get().toString());
        }
        if (rules.maxConnections().isPresent()) {
            json.writeNumberField("maxConnections", rules.maxConnections().getAsInt());
        }
        switch (rules.onEndpointRemoval()) {
            case EndpointRemoval.Keep() -> {}
            case EndpointRemoval.Drain(Duration patience) ->
                json.writeStringField("drainOnEndpointRemoval", patience.toString());
            case EndpointRemoval.Reset() -> json.writeBooleanField("resetOnEndpointRemoval", true);
        }
        json.writeBooleanField("setAside", rules.setAside());
        json.writeEndObject();
    }

    private void write(SliceRecord slice) throws IOException {
        json.writeStartObject();
        json.writeStringField("namespace", slice.name().namespace());
        json.writeStringField("name", slice.name().name());
        json.writeStringField("serviceNamespace", slice.service().namespace());
        json.writeStringField("service", slice.service().name());
        json.writeStringField("family", slice.family().name());
        if (slice.lastChange().isPresent()) {
            json.writeStringField("lastChange", slice.lastChange().get().toString());
        }
        json.writeArrayFieldStart("ports");
        for (SliceRecord.Port port : slice.ports()) {
            json.writeStartObject();
            json.writeStringField("name", port.name());
            json.writeStringField("protocol", port.protocol().name());
            json.writeNumberField("port", port.number());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("endpoints");
        for (SliceRecord.Member member : slice.members()) {
            write(member);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(SliceRecord.Member member) throws IOException {
        json.writeStartObject();
        json.writeStringField("address", IpAddresses.format(member.address()));
        if (member.nodeName().isPresent()) {
            json.writeStringField("node", member.nodeName().get());
        }
        if (!member.conditions().equals(EndpointConditions.READY)) {
            json.writeBooleanField("ready", member.conditions().ready());
            json.writeBooleanField("serving", member.conditions().serving());
            json.writeBooleanField("terminating", member.conditions().terminating());
        }
        texts("zoneHints", sorted(member.hints().zones()));
        texts("nodeHints", sorted(member.hints().nodes()));
        json.writeEndObject();
    }

    private void write(ServicePortKey key, List<RememberedClient> clients) throws IOException {
        json.writeStartObject();
        json.writeStringField("namespace", key.name().namespace());
        json.writeStringField("service", key.name().service());
        json.writeStringField("port", key.name().port());
        json.writeStringField("protocol", key.name().protocol().name());
        json.writeStringField("family", key.family().name());
        json.writeArrayFieldStart("remembered");
        for (RememberedClient client : clients) {
            json.writeStartObject();
            json.writeStringField("client", IpAddresses.format(client.client()));
            json.writeStringField("address", IpAddresses.format(client.address()));
            json.writeNumberField("port", client.port());
            json.writeNumberField("idleMillis", client.idle().toMillis());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Sets have an order of their own in each process. */
    private static List<String> sorted(Collection<String> texts) {
        return texts.stream().sorted().toList();
    }

    private void addresses(String field, Collection<InetAddress> addresses) throws IOException {
        texts(field, addresses.stream().map(IpAddresses::format).toList());
    }

    private void ranges(String field, Collection<IpCidr> ranges) throws IOException {
        texts(field, ranges.stream().map(IpCidr::toString).toList());
    }

    private void texts(String field, Collection<String> texts) throws IOException {
        if (!texts.isEmpty()) {
            json.writeArrayFieldStart(field);
            for (String text : texts) {
                json.writeString(text);
            }
            json.writeEndArray();
        }
    }
}
