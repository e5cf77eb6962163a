package io.kubeferry.agent.watch.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.IdentityHashMap;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.NodeType;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Turns one composed YAML document into a JSON tree and remembers where each mapping began. Confined to one thread, used
 * once.
 *
 * <p>Aliases are copied out, so their number is bounded: a few lines of aliases of aliases could fill any memory.
 */
final class YamlTree {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NODES = 4_000_000;

    private final IdentityHashMap<JsonNode, Integer> lines = new IdentityHashMap<>();
    private int nodes;

    /** The tree of {@code document}. */
    JsonNode convert(Node document) throws UnreadableManifestException {
        return convert(document, 0);
    }

    /** The line that {@code mapping} of this tree began in, or {@code otherwise} for anything else. */
    int lineOf(JsonNode mapping, int otherwise) {
        return lines.getOrDefault(mapping, otherwise);
    }

    static int lineOf(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private JsonNode convert(Node node, int depth) throws UnreadableManifestException {
        if (depth > MAX_DEPTH) {
            throw UnreadableManifestException.at(lineOf(node), "nested more than " + MAX_DEPTH + " levels deep");
        }
        if (++nodes > MAX_NODES) {
            throw UnreadableManifestException.at(
                    lineOf(node), "expands to more than " + MAX_NODES + " values (aliases of aliases?)");
        }
        return switch (node) {
            case MappingNode mapping -> convertMapping(mapping, depth);
            case SequenceNode sequence -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                for (Node element : sequence.getValue()) {
                    array.add(convert(element, depth + 1));
                }
                yield array;
            }
            case ScalarNode scalar -> convertScalar(scalar);
            case Node other -> throw UnreadableManifestException.at(lineOf(other), "unexpected " + other.getNodeType());
        };
    }

    private ObjectNode convertMapping(MappingNode mapping, int depth) throws UnreadableManifestException {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        lines.put(object, lineOf(mapping));
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                throw UnreadableManifestException.at(
                        lineOf(entry.getKeyNode()), "a key is a list or a mapping (expected: a name)");
            }
            JsonNode value = convert(entry.getValueNode(), depth + 1);
            if (key.getValue().equals("<<") && entry.getValueNode().getNodeType() != NodeType.SCALAR) {
                merge(object, value);
            } else if (object.has(key.getValue()) && !mergedInto(mapping)) {
                throw UnreadableManifestException.at(lineOf(key), "key " + key.getValue() + " is there twice");
            } else {
                object.set(key.getValue(), value);
            }
        }
        return object;
    }

    private static boolean mergedInto(MappingNode mapping) {
        return mapping.getValue().stream()
                .anyMatch(entry -> entry.getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals("<<"));
    }

    /** YAML's merge key: takes over what is not there yet. kubectl understands it, so manifests use it. */
    private static void merge(ObjectNode object, JsonNode merged) {
        for (JsonNode source :
                merged.isArray() ? merged : JsonNodeFactory.instance.arrayNode().add(merged)) {
            source.properties().forEach(entry -> object.putIfAbsent(entry.getKey(), entry.getValue()));
        }
    }

    private static JsonNode convertScalar(ScalarNode scalar) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        String value = scalar.getValue();
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) {
            return json.nullNode();
        }
        if (tag.equals(Tag.BOOL)) {
            return json.booleanNode(Boolean.parseBoolean(value));
        }
        try {
            if (tag.equals(Tag.INT)) {
                BigInteger number = integer(value);
                return number.bitLength() < Long.SIZE ? json.numberNode(number.longValue()) : json.numberNode(number);
            }
            if (tag.equals(Tag.FLOAT)) {
                return json.numberNode(new BigDecimal(value));
            }
        } catch (NumberFormatException e) {
            // .inf, .nan and what someone tagged as a number by hand: the type of the field decides what to say.
            return json.textNode(value);
        }
        return json.textNode(value);
    }

    private static BigInteger integer(String value) {
        if (value.startsWith("0x")) {
            return new BigInteger(value.substring(2), 16);
        }
        return value.startsWith("0o") ? new BigInteger(value.substring(2), 8) : new BigInteger(value);
    }
}
