package io.kubeferry.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The objects that {@code kubectl kustomize} makes of a folder of {@code deploy}, with no field that Kubernetes does not know. Immutable. */
record Overlay(List<HasMetadata> objects) {
    private static final Path DEPLOY = Path.of(System.getProperty("kubeferry.deploy"));

    /** Builds {@code deploy/folder} from a copy in {@code scratch}. */
    static Overlay build(String folder, Path scratch) throws IOException, InterruptedException {
        Path copy = scratch.resolve("deploy");
        copy(copy);
        if (isOld()) {
            speakOld(copy.resolve("overlays"));
        }
        String built = run("kubectl", "kustomize", copy.resolve(folder).toString());
        List<HasMetadata> objects = new ArrayList<>();
        for (String document : built.split("\n---\n")) {
            objects.add(StrictReader.read(document));
        }
        return new Overlay(List.copyOf(objects));
    }

    /** The only object of this class. */
    <T extends HasMetadata> T only(Class<T> kind) {
        List<T> found =
                objects.stream().filter(kind::isInstance).map(kind::cast).toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    /** Whether this is the kubectl of Debian 12, whose kustomize 2 has other words for the same. */
    private static boolean isOld() throws IOException, InterruptedException {
        return run("kubectl", "version", "--client").contains("GitVersion:\"v1.20.");
    }

    private static void speakOld(Path overlays) throws IOException {
        try (Stream<Path> files = Files.walk(overlays)) {
            for (Path file :
                    files.filter(path -> path.endsWith("kustomization.yaml")).toList()) {
                Files.writeString(
                        file,
                        Files.readString(file)
                                .replace("\nresources:", "\nbases:")
                                .replace("\npatches:", "\npatchesStrategicMerge:")
                                .replace("\n- path: ", "\n- "));
            }
        }
    }

    private static void copy(Path target) throws IOException {
        try (Stream<Path> files = Files.walk(DEPLOY)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(DEPLOY.relativize(file)));
            }
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Path messages = Files.createTempFile("kubeferry-it-", ".log");
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(messages.toFile()).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as(() -> String.join(" ", command) + ": " + output)
                    .isZero();
            assertThat(messages).as("what kubectl warns of").isEmptyFile();
            return output;
        } finally {
            Files.deleteIfExists(messages);
        }
    }
}
