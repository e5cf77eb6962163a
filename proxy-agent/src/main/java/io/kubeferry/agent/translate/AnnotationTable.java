package io.kubeferry.agent.translate;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every annotation as a Markdown table, for the README. */
final class AnnotationTable {
    private static final String HEAD = "| Annotation | Values | Without it | Meaning |\n|---|---|---|---|\n";

    private AnnotationTable() {}

    /** The table, ending with a line break. */
    static String markdown() {
        return Stream.of(ServiceAnnotation.values())
                .map(annotation -> "| `" + annotation.key() + "` | " + annotation.expected() + " | "
                        + annotation.otherwise() + " | " + annotation.meaning() + " |\n")
                .collect(Collectors.joining("", HEAD, ""));
    }
}
