package io.kubeferry.agent.watch.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Splits the text of a manifest into documents; JSON is read as the YAML that it is. Stateless. */
final class YamlDocuments {
    private YamlDocuments() {}

    /** Takes the documents of a manifest, one after the other. */
    interface Visitor {
        /**
         * One document.
         *
         * @param lines where the mappings of {@code tree} began
         * @param line where the document began
         */
        void document(JsonNode tree, YamlTree lines, int line);
    }

    /**
     * Shows each document of {@code text} that is not empty to {@code visitor}.
     *
     * @throws UnreadableManifestException if the text is no YAML; documents before that place were shown already
     */
    static void visit(String text, Visitor visitor) throws UnreadableManifestException {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setCodePointLimit(Integer.MAX_VALUE)
                .setMaxAliasesForCollections(1000)
                .setAllowNonScalarKeys(true)
                .build();
        try {
            for (Node document : new Compose(settings).composeAllFromString(text)) {
                YamlTree lines = new YamlTree();
                JsonNode tree = lines.convert(document);
                if (!tree.isNull()) {
                    visitor.document(tree, lines, YamlTree.lineOf(document));
                }
            }
        } catch (MarkedYamlEngineException e) {
            throw UnreadableManifestException.at(
                    e.getProblemMark().map(Mark::getLine).orElse(0) + 1, oneLine(e.getProblem()));
        } catch (YamlEngineException e) {
            throw new UnreadableManifestException(oneLine(String.valueOf(e.getMessage())));
        } catch (StackOverflowError e) {
            // The parser recurses into flow collections without a limit of its own.
            throw new UnreadableManifestException("nested too deeply");
        }
    }

    private static String oneLine(String reason) {
        return reason.strip().replaceAll("\\s*[\\r\\n]+\\s*", ", ");
    }
}
