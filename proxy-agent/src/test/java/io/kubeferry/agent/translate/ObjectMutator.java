package io.kubeferry.agent.translate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Spoils JSON objects in ways that the API's models still take in. */
final class ObjectMutator {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<JsonNode> BAD_TEXTS = List.of(
            JSON.nullNode(),
            JSON.textNode(""),
            JSON.textNode(" "),
            JSON.textNode("nonsense"),
            JSON.textNode("None"),
            JSON.textNode("10.0.0.256"),
            JSON.textNode("1.2.3"),
            JSON.textNode("fe80::1%eth0"),
            JSON.textNode("10.0.0.0/99"),
            JSON.textNode("\u0000\n\u202e"),
            JSON.textNode("x".repeat(5_000)));
    private static final List<JsonNode> BAD_NUMBERS = List.of(
            JSON.nullNode(),
            JSON.numberNode(0),
            JSON.numberNode(-1),
            JSON.numberNode(70_000),
            JSON.numberNode(Integer.MAX_VALUE),
            JSON.numberNode(Integer.MIN_VALUE));

    private final Random random;

    ObjectMutator(Random random) {
        this.random = random;
    }

    /** Changes one to four places somewhere under {@code root}. */
    void spoil(JsonNode root) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            List<JsonNode> containers = new ArrayList<>();
            collect(root, containers);
            switch (containers.get(random.nextInt(containers.size()))) {
                case ObjectNode object -> spoilField(object);
                case ArrayNode array -> spoilElement(array);
                case JsonNode other -> throw new AssertionError(other);
            }
        }
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private void spoilField(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        if (!names.isEmpty()) {
            String name = names.get(random.nextInt(names.size()));
            if (random.nextInt(5) == 0) {
                object.remove(name);
            } else {
                object.set(name, spoiled(object.get(name)));
            }
        }
    }

    private void spoilElement(ArrayNode array) {
        switch (random.nextInt(3)) {
            case 0 -> array.insertNull(random.nextInt(array.size() + 1));
            case 1 -> array.removeAll();
            default -> {
                if (!array.isEmpty()) {
                    int index = random.nextInt(array.size());
                    array.add(array.get(index).deepCopy());
                    array.set(index, spoiled(array.get(index)));
                }
            }
        }
    }

    private JsonNode spoiled(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> BAD_TEXTS.get(random.nextInt(BAD_TEXTS.size()));
            case NUMBER -> BAD_NUMBERS.get(random.nextInt(BAD_NUMBERS.size()));
            case BOOLEAN -> random.nextBoolean() ? JSON.nullNode() : JSON.booleanNode(!value.booleanValue());
            default -> JSON.nullNode();
        };
    }
}
