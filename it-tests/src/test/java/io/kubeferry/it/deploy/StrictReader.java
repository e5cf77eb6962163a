package io.kubeferry.it.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * Reads manifests as an API server with strict field validation does: the types are made from Kubernetes' OpenAPI schema,
 * and a field that its type does not have, or a value of another kind, is an error instead of something to keep.
 */
final class StrictReader {
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .annotationIntrospector(new WithoutRoomForMore())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();
    private static final ObjectMapper YAML = new YAMLMapper();

    private StrictReader() {}

    /** The object of a YAML document. */
    static HasMetadata read(String document) throws JsonProcessingException {
        return read(tree(document));
    }

    /** The object that {@code tree} describes. */
    static HasMetadata read(JsonNode tree) throws JsonProcessingException {
        HasMetadata lenient = new KubernetesSerialization().unmarshal(tree.toString());
        return STRICT.treeToValue(tree, lenient.getClass());
    }

    /** A YAML document as it is, without a type. */
    static JsonNode tree(String document) throws JsonProcessingException {
        return YAML.readTree(document);
    }

    /** The types keep what they do not know beside their fields. Here nothing is kept. */
    private static final class WithoutRoomForMore extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }
    }
}
