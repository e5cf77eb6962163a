package io.kubeferry.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of what is in the image, in the form of CycloneDX. */
class SbomIT {
    private static final Path IMAGE = Path.of(System.getProperty("kubeferry.image"));

    @Test
    void everyJarOfTheImageIsListedOnceWithHashAndLicenceAndNothingElseIs() throws IOException {
        JsonNode document =
                new ObjectMapper().readTree(IMAGE.resolve("sbom.cdx.json").toFile());
        assertThat(document.path("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(document.path("metadata").path("component").path("name").asText())
                .isEqualTo("proxy-agent");
        assertThat(document.path("components").valueStream().map(SbomIT::fileName))
                .containsExactlyInAnyOrderElementsOf(jars());
        document.path("components").forEach(component -> {
            if (!component.path("group").asText().equals("io.kubeferry")) {
                assertThat(component.path("hashes")).as(fileName(component)).isNotEmpty();
                assertThat(component.path("licenses")).as(fileName(component)).isNotEmpty();
            }
        });
    }

    /** All but the one that the document is about. */
    private static List<String> jars() throws IOException {
        try (Stream<Path> files = Files.list(IMAGE.resolve("lib"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar") && !name.startsWith("proxy-agent-"))
                    .toList();
        }
    }

    /** {@code pkg:maven/GROUP/NAME@VERSION?classifier=CLASSIFIER&type=jar}. */
    private static String fileName(JsonNode component) {
        String purl = component.path("purl").asText();
        String classifier = purl.contains("classifier=") ? "-" + purl.replaceAll(".*classifier=([^&]*).*", "$1") : "";
        return component.path("name").asText() + "-" + component.path("version").asText() + classifier + ".jar";
    }
}
