package io.kubeferry.agent.watch.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.NodeRecord;
import io.kubeferry.agent.testing.CapturedLog;
import io.kubeferry.agent.testing.RecordingListener;
import io.kubeferry.agent.watch.ClusterListener;
import io.kubeferry.agent.watch.NodeAnswer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestSourceTest {
    @TempDir
    private Path temporary;

    private Path folder;
    private final RecordingListener listener = new RecordingListener();
    private final CapturedLog log = new CapturedLog("io.kubeferry.agent.watch.manifests");
    private ManifestSource source;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(temporary.resolve("manifests"));
        source = new ManifestSource(folder, "n1", Optional.empty());
    }

    @AfterEach
    void close() {
        source.close();
        log.close();
    }

    @Test
    void emptyFolderIsSyncedAtOnce() {
        source.start(listener);
        listener.awaitSynced();
        assertThat(listener.events()).isEmpty();
    }

    @Test
    void everythingThatIsThereComesBeforeSynced() throws IOException {
        write("a.yaml", service("a"));
        write("b.yml", service("b") + "---\n" + service("c"));
        write("c.json", "{\"apiVersion\": \"v1\", \"kind\": \"Service\",\n\t\"metadata\": {\"name\": \"d\"}}");
        write("ignored.txt", service("e"));
        write(".hidden.yaml", service("f"));
        Files.createDirectory(folder.resolve("below"));
        Files.writeString(folder.resolve("below/g.yaml"), service("g"));
        source.start(listener);
        listener.awaitSynced();
        assertThat(listener.present())
                .containsExactly("Service default/a", "Service default/b", "Service default/c", "Service default/d");
        assertThat(listener.syncs()).isEqualTo(1);
    }

    @Test
    void onlyTheOwnNodeIsDelivered() throws IOException {
        write("nodes.yaml", node("n1") + "---\n" + node("n2"));
        source.start(listener);
        listener.awaitSynced();
        assertThat(listener.present()).containsExactly("Node n1");
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void rangesOfClusterIpsAreDeliveredWhereNoOtherProxyServesSome() throws IOException {
        write("ranges.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: ServiceCIDR
                metadata: {name: kubernetes}
                spec: {cidrs: [10.96.0.0/16, fd96::/112, nonsense]}
                """);
        source.start(listener);
        listener.awaitSynced();
        assertThat(listener.last("ServiceCIDR kubernetes"))
                .isInstanceOfSatisfying(ClusterEvent.ServiceCidrApplied.class, applied -> {
                    assertThat(applied.ranges()).hasToString("[10.96.0.0/16, fd96::/112]");
                    assertThat(applied.skipped()).singleElement().asString().contains("nonsense");
                });

        RecordingListener ofAnother = new RecordingListener();
        try (ManifestSource another = new ManifestSource(folder, "n1", Optional.of("ferry"))) {
            another.start(ofAnother);
            ofAnother.awaitSynced();
            assertThat(ofAnother.present()).isEmpty();
        }
    }

    @Test
    void ownNodeIsFoundByOneLookWhateverElseIsThere() throws IOException {
        write("broken.yaml", "kind: [");
        write("n2.yaml", node("n2"));
        assertThat(source.findNode(Duration.ZERO)).isEqualTo(new NodeAnswer.Missing());
        write("n1.json", """
                {"apiVersion": "v1", "kind": "NodeList", "items": [{"metadata": {"name": "n1"}}]}""");
        assertThat(source.findNode(Duration.ZERO))
                .isEqualTo(new NodeAnswer.Found(new NodeRecord("n1", Optional.empty(), List.of(), true)));
    }

    @Test
    void nodeOfAFolderThatIsNotThereIsUnknown() {
        Path missing = folder.resolve("missing");
        try (ManifestSource lost = new ManifestSource(missing, "n1", Optional.empty())) {
            assertThat(lost.findNode(Duration.ZERO)).isEqualTo(new NodeAnswer.Unknown(missing + " does not exist"));
        }
    }

    @Test
    void filesThatComeChangeAndGoAreNoticed() throws IOException {
        write("a.yaml", service("a"));
        source.start(listener);
        listener.awaitPresent("Service default/a");
        write("b.yaml", service("b"));
        listener.awaitPresent("Service default/a", "Service default/b");
        write("a.yaml", service("c"));
        listener.awaitPresent("Service default/b", "Service default/c");
        Files.delete(folder.resolve("b.yaml"));
        listener.awaitPresent("Service default/c");
        assertThat(listener.syncs()).isEqualTo(1);
    }

    @Test
    void whatOneFileSaysIsToldTogether() throws IOException {
        List<Integer> together = new CopyOnWriteArrayList<>();
        source.start(new ClusterListener() {
            @Override
            public void onEvent(ClusterEvent event) {
                listener.onEvent(event);
            }

            @Override
            public void onEvents(List<ClusterEvent> events) {
                together.add(events.size());
                events.forEach(this::onEvent);
            }

            @Override
            public void onSynced() {
                listener.onSynced();
            }
        });
        listener.awaitSynced();
        write("both.yaml", service("a") + "---\n" + service("b"));
        listener.awaitPresent("Service default/a", "Service default/b");
        assertThat(together).containsExactly(2);
    }

    @Test
    void renamingOverAFileIsNoticedEvenIfSizeAndTimeStayTheSame() throws IOException {
        FileTime old = FileTime.fromMillis(1_000_000_000_000L);
        write("a.yaml", service("a"));
        Files.setLastModifiedTime(folder.resolve("a.yaml"), old);
        source.start(listener);
        listener.awaitPresent("Service default/a");
        Path next = Files.writeString(temporary.resolve("next"), service("b"));
        Files.setLastModifiedTime(next, old);
        Files.move(next, folder.resolve("a.yaml"), StandardCopyOption.ATOMIC_MOVE);
        listener.awaitPresent("Service default/b");
    }

    @Test
    void mountedConfigMapIsFollowedThroughItsLinks() throws IOException {
        Path first = Files.createDirectory(folder.resolve("..2024_1"));
        Files.writeString(first.resolve("a.yaml"), service("a"));
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2024_1"));
        Files.createSymbolicLink(folder.resolve("a.yaml"), Path.of("..data/a.yaml"));
        source.start(listener);
        listener.awaitPresent("Service default/a");
        Path second = Files.createDirectory(folder.resolve("..2024_2"));
        Files.writeString(second.resolve("a.yaml"), service("b"));
        Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2024_2"));
        Files.move(folder.resolve("..data_tmp"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        Files.delete(first.resolve("a.yaml"));
        listener.awaitPresent("Service default/b");
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void brokenFileIsNamedOnceKeepsItsObjectsAndSaysWhenItIsGoodAgain() throws IOException {
        write("a.yaml", service("a"));
        source.start(listener);
        listener.awaitPresent("Service default/a");
        write("a.yaml", service("a") + "spec: [\n");
        log.awaitLine("a.yaml line 5: ");
        assertThat(source.problems()).singleElement().asString().contains("a.yaml line 5: ");
        write("b.yaml", service("b"));
        listener.awaitPresent("Service default/a", "Service default/b");
        write("a.yaml", service("c"));
        listener.awaitPresent("Service default/b", "Service default/c");
        log.awaitLine("INFO manifest is good again: file=" + folder.resolve("a.yaml"));
        assertThat(source.problems()).isEmpty();
        assertThat(log.linesWith("WARN")).hasSize(1);
        assertThat(log.hasStackTrace()).isFalse();
    }

    @Test
    void fileThatIsEmptiedTakesNothingAway() throws IOException {
        write("a.yaml", service("a"));
        source.start(listener);
        listener.awaitPresent("Service default/a");
        write("a.yaml", "");
        log.awaitLine("a.yaml is empty");
        assertThat(listener.present()).containsExactly("Service default/a");
    }

    @Test
    void objectOfAWrongTypeKeepsItsLastGoodVersionWhileTheRestOfItsFileIsServed() throws IOException {
        write("a.yaml", service("a") + "---\n" + service("b"));
        source.start(listener);
        listener.awaitPresent("Service default/a", "Service default/b");
        Object before = listener.last("Service default/a");
        write("a.yaml", service("a") + "spec: {ports: [{port: http}]}\n---\n" + service("c"));
        listener.awaitPresent("Service default/a", "Service default/c");
        assertThat(listener.last("Service default/a")).isSameAs(before);
        log.awaitLine("line 1: Service default/a: spec.ports[0].port: \"http\" (expected: a whole number)");
    }

    @Test
    void sameObjectInTwoFilesIsTakenFromTheLaterAndBothAreNamed() throws IOException {
        write("a.yaml", service("a") + "spec: {clusterIP: 10.0.0.1, ports: [{port: 80}]}\n");
        source.start(listener);
        listener.awaitPresent("Service default/a");
        Object first = listener.last("Service default/a");
        write("b.yaml", service("a") + "spec: {clusterIP: 10.0.0.2, ports: [{port: 80}]}\n");
        log.awaitLine("Service default/a is in a.yaml and in b.yaml; b.yaml counts");
        listener.await("the later one", seen -> !seen.last("Service default/a").equals(first));
        Files.delete(folder.resolve("b.yaml"));
        listener.await("the earlier one", seen -> seen.last("Service default/a").equals(first));
        assertThat(listener.events().stream().map(Object::getClass).distinct()).hasSize(1);
    }

    @Test
    void pauseBetweenLooksGrowsWithTheFolderButLeavesAChangeToBeSeenWithinASecond() {
        assertThat(ManifestSource.pauseAfter(Duration.ZERO)).isEqualTo(Duration.ofMillis(200));
        assertThat(ManifestSource.pauseAfter(Duration.ofMillis(30))).isEqualTo(Duration.ofMillis(270));
        assertThat(ManifestSource.pauseAfter(Duration.ofSeconds(3))).isEqualTo(Duration.ofMillis(400));
    }

    @Test
    void folderThatIsMissingAtTheStartIsWaitedFor() throws IOException {
        Files.delete(folder);
        source.start(listener);
        log.awaitLine("folder of manifests does not exist");
        assertThat(listener.syncs()).isZero();
        Files.createDirectory(folder);
        listener.awaitSynced();
        write("a.yaml", service("a"));
        listener.awaitPresent("Service default/a");
        assertThat(log.linesWith("does not exist")).hasSize(1);
    }

    @Test
    void folderThatIsRemovedAndMadeAgainIsReadAgainAndTakesNothingAwayMeanwhile() throws IOException {
        write("a.yaml", service("a"));
        source.start(listener);
        listener.awaitPresent("Service default/a");
        Path away = temporary.resolve("away");
        Files.move(folder, away);
        log.awaitLine("folder of manifests does not exist");
        assertThat(listener.present()).containsExactly("Service default/a");
        Files.createDirectory(folder);
        write("b.yaml", service("b"));
        listener.awaitPresent("Service default/b");
    }

    @Test
    void whatCannotBeReadIsNamedAndHurtsNothingElse() throws IOException {
        write("good.yaml", service("good"));
        Files.createDirectory(folder.resolve("directory.yaml"));
        Files.createSymbolicLink(folder.resolve("nowhere.yaml"), Path.of("missing"));
        Files.createSymbolicLink(folder.resolve("loop.yaml"), Path.of("loop.yaml"));
        Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1, (byte) 0x80});
        write("nul.yaml", "a: \0\n");
        write("empty.yaml", "");
        try (RandomAccessFile huge =
                new RandomAccessFile(folder.resolve("huge.yaml").toFile(), "rw")) {
            huge.setLength(50L << 20);
        }
        source.start(listener);
        listener.awaitSynced();
        assertThat(listener.present()).containsExactly("Service default/good");
        assertThat(log.linesWith("directory.yaml is a folder (expected: a file)"))
                .hasSize(1);
        assertThat(log.linesWith("nowhere.yaml does not exist")).hasSize(1);
        assertThat(log.linesWith("loop.yaml cannot be read: ")).hasSize(1);
        assertThat(log.linesWith("binary.yaml is no UTF-8 text")).hasSize(1);
        assertThat(log.linesWith("nul.yaml special characters are not allowed")).hasSize(1);
        assertThat(log.linesWith("empty.yaml is empty")).hasSize(1);
        assertThat(log.linesWith("huge.yaml has 52428800 bytes (expected: at most 33554432"))
                .hasSize(1);
        assertThat(log.lines()).hasSize(7).noneMatch(line -> line.contains("\n"));
        assertThat(log.hasStackTrace()).isFalse();
    }

    @Test
    void otherKindsAreNamedInOneLineForTheFile() throws IOException {
        write("a.yaml", service("a") + """
                ---
                {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}
                ---
                {apiVersion: apps/v1, kind: Deployment, metadata: {name: b}}
                ---
                {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
                """);
        source.start(listener);
        listener.awaitSynced();
        assertThat(log.lines())
                .containsExactly("INFO manifest has objects that are not used here: file=" + folder.resolve("a.yaml")
                        + " kinds=ConfigMap (1), Deployment (2)");
    }

    @Test
    void nothingArrivesOnceItIsClosed() throws IOException {
        source.start(listener);
        listener.awaitSynced();
        source.close();
        write("a.yaml", service("a"));
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("manifests"));
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    private static String service(String name) {
        return "apiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\n";
    }

    private static String node(String name) {
        return "apiVersion: v1\nkind: Node\nmetadata: {name: " + name + "}\n";
    }
}
