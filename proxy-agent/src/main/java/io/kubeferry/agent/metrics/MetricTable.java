package io.kubeferry.agent.metrics;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every metric as a Markdown table, for the README. */
final class MetricTable {
    private static final String HEAD = "| Metric | Type | Unit | Labels | Meaning |\n|---|---|---|---|---|\n";

    private MetricTable() {}

    /** The table, ending with a line break. */
    static String markdown() {
        return Stream.of(MetricFamily.values()).map(MetricTable::row).collect(Collectors.joining("", HEAD, ""));
    }

    private static String row(MetricFamily family) {
        String labels = family.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
        return "| `" + family.exposedName() + "` | "
                + family.type().name().toLowerCase(Locale.ROOT) + " | "
                + family.unit().orElse("") + " | "
                + labels + " | "
                + family.help().replace("|", "\\|") + " |\n";
    }
}
