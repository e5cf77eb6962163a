package io.kubeferry.agent.watch.manifests;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.translate.EndpointSliceTranslator;
import io.kubeferry.agent.translate.LoopbackEndpoints;
import io.kubeferry.agent.translate.NodeTranslator;
import io.kubeferry.agent.translate.ServiceCidrTranslator;
import io.kubeferry.agent.translate.ServiceTranslator;
import io.kubeferry.agent.translate.WatchFilter;
import java.util.List;
import java.util.Optional;

/** Turns one object of a manifest into what the agent hears of it. Immutable and thread-safe. */
final class ObjectReader {
    /** As strict as the API server: {@code port: "80"} and {@code name: 123} are mistakes there too. */
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .withCoercionConfig(
                    LogicalType.Textual,
                    config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private static final String DEFAULT_NAMESPACE = "default";

    private final String nodeName;
    private final WatchFilter filter;

    ObjectReader(String nodeName, WatchFilter filter) {
        this.nodeName = nodeName;
        this.filter = filter;
    }

    /** Loads what the usual kinds are read with, which else the first object of each kind waits for. */
    static void prepare() {
        for (Class<?> type : List.of(Service.class, EndpointSlice.class)) {
            // Made for its own sake: with it comes what the mapper knows of the type from then on.
            var _ = MAPPER.readerFor(type);
        }
    }

    /** What {@code tree} is. */
    ManifestObject read(JsonNode tree) {
        if (!tree.isObject()) {
            return broken(Words.value(tree) + " (expected: an object with apiVersion, kind and metadata)");
        }
        JsonNode kindName = tree.path("kind");
        if (!kindName.isTextual()) {
            return broken("kind: " + Words.value(kindName) + " (expected: Service, EndpointSlice, Node, …)");
        }
        Optional<ManifestKind> kind = ManifestKind.named(kindName.textValue());
        if (kind.isEmpty()) {
            return new ManifestObject.OtherKind(kindName.textValue());
        }
        return read(kind.get(), tree);
    }

    private ManifestObject read(ManifestKind kind, JsonNode tree) {
        JsonNode apiVersion = tree.path("apiVersion");
        if (!apiVersion.isTextual()) {
            return broken(kind.kindName() + ": apiVersion: " + Words.value(apiVersion) + " (expected: "
                    + kind.apiVersion() + ")");
        }
        if (!apiVersion.textValue().equals(kind.apiVersion())) {
            return new ManifestObject.OtherKind(apiVersion.textValue() + "/" + kind.kindName());
        }
        JsonNode metadata = tree.path("metadata");
        JsonNode name = metadata.path("name");
        if (!name.isTextual() || name.textValue().isBlank()) {
            return broken(kind.kindName() + ": metadata.name: " + Words.value(name) + " (expected: a name)");
        }
        JsonNode namespace = metadata.path("namespace");
        ManifestKey key = new ManifestKey(
                kind,
                new ObjectName(
                        switch (kind) {
                            case SERVICE, ENDPOINT_SLICE ->
                                namespace.isTextual() && !namespace.textValue().isEmpty()
                                        ? namespace.textValue()
                                        : DEFAULT_NAMESPACE;
                            case NODE, SERVICE_CIDR -> "";
                        },
                        name.textValue()));
        try {
            return convert(key, tree);
        } catch (JsonMappingException e) {
            return new ManifestObject.Broken(Optional.of(key), key + ": " + Words.mismatch(tree, e));
        } catch (JsonProcessingException e) {
            return new ManifestObject.Broken(Optional.of(key), key + ": " + e.getOriginalMessage());
        }
    }

    private ManifestObject convert(ManifestKey key, JsonNode tree) throws JsonProcessingException {
        return switch (key.kind()) {
            case SERVICE -> {
                Service service = typed(key, tree, Service.class);
                yield usable(key, filter.hide(service).orElseGet(() -> ServiceTranslator.translate(service)));
            }
            case ENDPOINT_SLICE -> {
                EndpointSlice slice = typed(key, tree, EndpointSlice.class);
                // Whoever may write into the folder may as well connect to loopback: no rights are lent to anyone.
                yield usable(
                        key,
                        filter.hide(slice)
                                .orElseGet(() -> EndpointSliceTranslator.translate(slice, LoopbackEndpoints.ALLOWED)));
            }
            case NODE ->
                key.name().name().equals(nodeName)
                        ? usable(key, NodeTranslator.translate(typed(key, tree, Node.class)))
                        : new ManifestObject.NotOurs();
            // Where each proxy has Services of its own, nobody knows which addresses are nobody's.
            case SERVICE_CIDR ->
                filter.serviceProxyName().isEmpty()
                        ? usable(key, ServiceCidrTranslator.translate(typed(key, tree, ServiceCIDR.class)))
                        : new ManifestObject.NotOurs();
        };
    }

    private static ManifestObject usable(ManifestKey key, ClusterEvent event) {
        return new ManifestObject.Usable(key, event);
    }

    private static <T extends HasMetadata> T typed(ManifestKey key, JsonNode tree, Class<T> type)
            throws JsonProcessingException {
        T object = MAPPER.treeToValue(tree, type);
        if (!key.name().namespace().isEmpty()) {
            object.getMetadata().setNamespace(key.name().namespace());
        }
        return object;
    }

    private static ManifestObject broken(String reason) {
        return new ManifestObject.Broken(Optional.empty(), reason);
    }
}
