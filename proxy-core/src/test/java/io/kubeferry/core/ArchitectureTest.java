package io.kubeferry.core;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.kubeferry.core.testing.ImportTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    /** What each package may import of ours. A row may only name rows above it. */
    private static final Map<String, List<String>> IMPORTS = Map.of(
            "model", List.of(),
            "observe", List.of("model"),
            "routing", List.of("model"),
            "balance", List.of("model"),
            "net", List.of(),
            "relay", List.of("observe", "net"),
            "connection", List.of("model", "observe", "routing", "balance", "net", "relay"),
            "listener", List.of("model", "observe", "routing", "balance", "net", "connection"),
            "", List.of("model", "observe", "routing", "net", "relay", "connection", "listener"));

    private final ImportTable table = new ImportTable(
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.kubeferry.core"),
            "io.kubeferry.core");

    @Test
    void importsGoOneWay() {
        table.check(IMPORTS);
    }

    @Test
    void decidingPackagesKnowNothingOfNetty() {
        table.onlyUsedBy(List.of("net", "relay", "connection", "listener", ""), "io.netty..");
    }

    @Test
    void habitsHoldEverywhere() {
        table.checkHabits();
    }
}
