package io.kubeferry.agent.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Trees from YAML or JSON, and back. Thread-safe. */
final class KubeProxyConfigCodec {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build();

    private KubeProxyConfigCodec() {}

    /** A new tree with every field at its default. */
    static ObjectNode defaults() {
        try (InputStream in = KubeProxyConfigCodec.class.getResourceAsStream("kube-proxy-defaults.yaml")) {
            return (ObjectNode) YAML.readTree(in);
        } catch (IOException impossible) {
            throw new UncheckedIOException("kube-proxy-defaults.yaml cannot be read", impossible);
        }
    }

    /** The tree in {@code content}; JSON if it begins like it, as YAML knows no tabs. */
    static JsonNode parse(String content) throws JsonProcessingException {
        return (content.stripLeading().startsWith("{") ? JSON : YAML).readTree(content);
    }

    static String json(JsonNode tree) {
        return tree.toString();
    }

    static String yaml(JsonNode tree) {
        try {
            return YAML.writeValueAsString(tree);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException("a tree cannot be written", impossible);
        }
    }
}
