package io.kubeferry.agent.watch.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeferry.agent.translate.WatchFilter;
import java.util.Set;

/** Reads the text of one manifest. Immutable and thread-safe. */
final class ManifestReader {
    private static final Set<String> LISTS =
            Set.of("List", "ServiceList", "EndpointSliceList", "NodeList", "ServiceCIDRList");

    private final ObjectReader objects;

    /**
     * A reader.
     *
     * @param nodeName the own node: Node objects of others are left out
     * @param filter stands in for the selectors that an API server would apply
     */
    ManifestReader(String nodeName, WatchFilter filter) {
        objects = new ObjectReader(nodeName, filter);
    }

    /**
     * What {@code text} says.
     *
     * @throws UnreadableManifestException if it cannot be understood as a whole; nothing of it must then be used, since
     *     an editor may be half-way through writing it
     */
    ParsedManifest read(String text) throws UnreadableManifestException {
        ParsedManifest.Builder manifest = new ParsedManifest.Builder();
        YamlDocuments.visit(text, (tree, lines, line) -> readDocument(tree, lines, line, manifest));
        if (manifest.isEmpty()) {
            // Many writers truncate a file before they fill it, so an empty file is no way to take objects away.
            throw new UnreadableManifestException("is empty (remove the file to remove its objects)");
        }
        return manifest.build();
    }

    private void readDocument(JsonNode tree, YamlTree lines, int line, ParsedManifest.Builder manifest) {
        JsonNode kind = tree.path("kind");
        if (!kind.isTextual() || !LISTS.contains(kind.textValue())) {
            manifest.add(line, objects.read(tree));
            return;
        }
        JsonNode items = tree.path("items");
        if (items.isMissingNode() || items.isNull()) {
            manifest.addNothing();
            return;
        }
        if (!items.isArray()) {
            manifest.addProblem(line, kind.textValue() + ": items: " + Words.value(items) + " (expected: a list)");
            return;
        }
        manifest.addNothing();
        for (JsonNode item : items) {
            manifest.add(lines.lineOf(item, line), objects.read(withTypeOf(tree, kind.textValue(), item)));
        }
    }

    /** As the API does, the items of a typed list may leave their type to the list. */
    private static JsonNode withTypeOf(JsonNode list, String listKind, JsonNode item) {
        if (listKind.equals("List") || !item.isObject() || item.has("kind")) {
            return item;
        }
        return item.<ObjectNode>deepCopy()
                .put("kind", listKind.substring(0, listKind.length() - "List".length()))
                .set("apiVersion", list.path("apiVersion"));
    }
}
