package io.kubeferry.agent;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.kubeferry.core.testing.ImportTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final String MODEL = "io.kubeferry.core.model";
    private static final String OBSERVE = "io.kubeferry.core.observe";
    private static final String ROUTING = "io.kubeferry.core.routing";
    private static final String NET = "io.kubeferry.core.net";
    private static final String CONNECTION = "io.kubeferry.core.connection";
    private static final String LISTENER = "io.kubeferry.core.listener";
    private static final String CORE = "io.kubeferry.core";

    /** What each package may import of ours. */
    private static final Map<String, List<String>> IMPORTS = Map.ofEntries(
            Map.entry("state", List.of(MODEL)),
            Map.entry("translate", List.of("options", "state", MODEL)),
            Map.entry("watch", List.of("state")),
            Map.entry("watch.apiserver", List.of("watch", "translate", "state", MODEL)),
            Map.entry("watch.manifests", List.of("watch", "translate", "state", MODEL)),
            Map.entry("host", List.of(MODEL, ROUTING, NET, LISTENER)),
            Map.entry("sync", List.of("state", "watch", MODEL, OBSERVE)),
            Map.entry("saved", List.of("state", MODEL)),
            Map.entry("http", List.of()),
            Map.entry("text", List.of()),
            Map.entry("health", List.of("http", "state", "sync", MODEL)),
            Map.entry("metrics", List.of("http", "sync", "health", MODEL, OBSERVE)),
            Map.entry("options", List.of(MODEL, ROUTING, NET, CONNECTION)),
            Map.entry("status", List.of("http", "text", MODEL, OBSERVE, ROUTING)),
            Map.entry("accesslog", List.of("options", MODEL, OBSERVE)),
            Map.entry(
                    "",
                    List.of(
                            "options",
                            "state",
                            "watch",
                            "watch.apiserver",
                            "watch.manifests",
                            "host",
                            "sync",
                            "http",
                            "health",
                            "metrics",
                            "accesslog",
                            "saved",
                            "status",
                            MODEL,
                            OBSERVE,
                            ROUTING,
                            NET,
                            CONNECTION,
                            LISTENER,
                            CORE)),
            Map.entry("demo", List.of("", "options", "http", MODEL, ROUTING, CORE)),
            Map.entry("plan", List.of("", "options", "state", "text", "watch", MODEL, ROUTING)),
            Map.entry("cli", List.of("", "options", "host", "demo", "plan", "status", "text", NET)));

    private final ImportTable table = new ImportTable(
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.kubeferry.agent"),
            "io.kubeferry.agent");

    @Test
    void importsGoOneWay() {
        table.check(IMPORTS);
    }

    @Test
    void onlyWatchAndTranslateKnowTheApiClient() {
        table.onlyUsedBy(List.of("translate", "watch.apiserver", "watch.manifests"), "io.fabric8..");
    }

    @Test
    void onlyMetricsKnowsTheMetricsLibrary() {
        table.onlyUsedBy(List.of("metrics"), "io.micrometer..", "io.prometheus..");
    }

    @Test
    void onlyTheHttpServerKnowsNetty() {
        table.onlyUsedBy(List.of("http"), "io.netty..");
    }

    @Test
    void habitsHoldEverywhere() {
        table.checkHabits();
    }
}
