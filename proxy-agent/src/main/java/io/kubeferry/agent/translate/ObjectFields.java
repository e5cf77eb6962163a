package io.kubeferry.agent.translate;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.kubeferry.agent.state.ObjectName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what the API's models leave null: absent metadata, lists and maps. Stateless. */
final class ObjectFields {
    private static final String DEFAULT_NAMESPACE = "default";

    private ObjectFields() {}

    /** The object's name, which is empty where it has none; the namespace is {@code default} where it has none. */
    static ObjectName nameOf(@Nullable ObjectMeta metadata) {
        if (metadata == null) {
            return new ObjectName(DEFAULT_NAMESPACE, "");
        }
        return new ObjectName(
                nonEmpty(metadata.getNamespace()).orElse(DEFAULT_NAMESPACE),
                nonEmpty(metadata.getName()).orElse(""));
    }

    /** The value of the label {@code key}, which may be empty; absent where the object does not carry it. */
    static Optional<String> label(@Nullable ObjectMeta metadata, String key) {
        return metadata == null ? Optional.empty() : value(metadata.getLabels(), key);
    }

    /** The value of the annotation {@code key}; absent where the object does not carry it. */
    static Optional<String> annotation(@Nullable ObjectMeta metadata, String key) {
        return metadata == null ? Optional.empty() : value(metadata.getAnnotations(), key);
    }

    /** {@code list}, or an empty one. Its elements may still be null. */
    static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    /** {@code text}, unless it is null or empty: the API does not tell these two apart. */
    static Optional<String> nonEmpty(@Nullable String text) {
        return Optional.ofNullable(text).filter(value -> !value.isEmpty());
    }

    private static Optional<String> value(@Nullable Map<String, String> map, String key) {
        if (map == null || !map.containsKey(key)) {
            return Optional.empty();
        }
        return Optional.of(nonEmpty(map.get(key)).orElse(""));
    }
}
