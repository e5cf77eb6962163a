package io.kubeferry.agent.watch.manifests;

import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Says in words for people why a value of a manifest does not fit. Stateless. */
final class Words {
    private static final int MAX_VALUE_CHARS = 60;

    private Words() {}

    /** A value as it would stand in JSON, cut where it is long. */
    static String value(JsonNode value) {
        if (value.isMissingNode()) {
            return "nothing";
        }
        String text = value.toString();
        return text.length() <= MAX_VALUE_CHARS ? text : text.substring(0, MAX_VALUE_CHARS) + "…";
    }

    /** Which field of {@code tree} has the wrong type: {@code spec.ports[0].port: "http" (expected: a number)}. */
    static String mismatch(JsonNode tree, JsonMappingException problem) {
        StringBuilder path = new StringBuilder();
        JsonNode value = tree;
        for (JsonMappingException.Reference step : problem.getPath()) {
            if (step.getFieldName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
                value = value.path(step.getFieldName());
            } else {
                path.append('[').append(step.getIndex()).append(']');
                value = value.path(step.getIndex());
            }
        }
        String expected = switch (problem) {
            case MismatchedInputException mismatch
            when mismatch.getTargetType() != null -> expected(mismatch.getTargetType());
            case JsonMappingException _
            when problem.getCause() instanceof InputCoercionException range -> expected(range.getTargetType());
            case JsonMappingException _ -> "another value";
        };
        return path + ": " + value(value) + " (expected: " + expected + ")";
    }

    private static String expected(Class<?> type) {
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return "a whole number";
        }
        if (Number.class.isAssignableFrom(type)) {
            return "a number";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "a string";
        }
        if (type == IntOrString.class) {
            return "a number or a name";
        }
        if (Collection.class.isAssignableFrom(type) || type == List.class) {
            return "a list";
        }
        return Map.class.isAssignableFrom(type) ? "a mapping of names to values" : "a mapping";
    }
}
