package io.kubeferry.agent.options;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.Optional;

/** What a field of the kube-proxy configuration may hold. A field's type is that of its default. */
enum FieldType {
    BOOLEAN(GoBoolean.EXPECTED),
    NUMBER("a number"),
    DURATION(GoDuration.EXPECTED),
    TEXT("text"),
    LIST("a list"),
    GATES("pairs such as NAME=true");

    private final String expected;

    FieldType(String expected) {
        this.expected = expected;
    }

    /** What to tell a user who wrote something else. */
    String expected() {
        return expected;
    }

    static FieldType of(JsonNode defaultValue) {
        return switch (defaultValue.getNodeType()) {
            case BOOLEAN -> BOOLEAN;
            case NUMBER -> NUMBER;
            case OBJECT -> GATES;
            case STRING -> isDuration(defaultValue.textValue()) ? DURATION : TEXT;
            case NULL, ARRAY, BINARY, MISSING, POJO -> LIST;
        };
    }

    /** Whether a file may hold {@code value} in a field of this type. */
    boolean fits(JsonNode value) {
        return switch (this) {
            case BOOLEAN -> value.isBoolean();
            case NUMBER -> value.isNumber();
            case DURATION ->
                value.isTextual() && GoDuration.parse(value.textValue()).isPresent();
            case TEXT -> value.isTextual() || value.isNumber();
            case LIST -> value.isArray();
            case GATES -> value.isObject() && value.valueStream().allMatch(JsonNode::isBoolean);
        };
    }

    /** What Go holds in a field that nobody set, and what therefore means the default. */
    boolean isZero(JsonNode value) {
        return switch (this) {
            case BOOLEAN, LIST, GATES -> false;
            case NUMBER -> value.decimalValue().signum() == 0;
            case DURATION ->
                GoDuration.parse(value.textValue()).filter(d -> d.isZero()).isPresent();
            case TEXT -> value.asText().isEmpty();
        };
    }

    /** The value that a flag's {@code text} spells for a field of one value, if it spells one. */
    Optional<JsonNode> parse(String text) {
        return switch (this) {
            case BOOLEAN -> GoBoolean.parse(text).map(BooleanNode::valueOf);
            case NUMBER -> number(text);
            case DURATION -> GoDuration.parse(text).map(GoDuration::format).map(TextNode::valueOf);
            case TEXT -> Optional.of(TextNode.valueOf(text));
            case LIST, GATES -> Optional.of(text).map(JsonNodeFactory.instance::textNode);
        };
    }

    private static Optional<JsonNode> number(String text) {
        try {
            return Optional.of(
                    text.matches("[-+]?\\d+")
                            ? LongNode.valueOf(Long.parseLong(text))
                            : DecimalNode.valueOf(new BigDecimal(text)));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    private static boolean isDuration(String text) {
        return !text.equals("0") && GoDuration.parse(text).isPresent();
    }
}
