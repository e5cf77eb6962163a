package io.kubeferry.agent.watch.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.agent.translate.WatchFilter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class ManifestReaderTest {
    private static final String WEB = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec: {clusterIP: 10.96.0.10, ports: [{port: 80}]}
            """;

    /** A manifest and what is said of the whole of it. */
    record Unreadable(String name, String text, String reason) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Unreadable> UNREADABLE = List.of(
            new Unreadable("empty file", "", "is empty (remove the file to remove its objects)"),
            new Unreadable("comments only", "# nothing\n---\n", "is empty (remove the file to remove its objects)"),
            new Unreadable(
                    "tab",
                    "kind: Service\n\tname: x\n",
                    "line 2: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)"),
            new Unreadable(
                    "half-written",
                    "apiVersion: v1\nkind: Service\nmetadata: {name: we",
                    "line 3: expected ',' or '}', but got <stream end>"),
            new Unreadable(
                    "second document bad",
                    WEB + "---\nkind: [\n",
                    "line 7: expected the node content, but found '<stream end>'"),
            new Unreadable("key twice", "kind: A\nkind: B\n", "line 2: key kind is there twice"),
            new Unreadable(
                    "key that is a list", "[a, b]: c\n", "line 1: a key is a list or a mapping (expected: a name)"),
            new Unreadable("unknown alias", "a: *x\n", "line 1: found undefined alias x"),
            new Unreadable("alias of itself", "a: &x [*x]\n", "line 1: nested more than 64 levels deep"),
            new Unreadable("control character", "a: \u0001\n", "special characters are not allowed"),
            new Unreadable("deep nesting", "[".repeat(200_000), "nested too deeply"),
            new Unreadable("alias bomb", bomb(), "line 1: expands to more than 4000000 values (aliases of aliases?)"));

    /** A manifest and the problems of single objects in it. */
    record Broken(String name, String text, String problem) {
        @Override
        public String toString() {
            return name;
        }
    }

    static final List<Broken> BROKEN = List.of(
            new Broken(
                    "scalar document",
                    "hello\n",
                    "line 1: \"hello\" (expected: an object with apiVersion, kind and metadata)"),
            new Broken(
                    "list document",
                    "- a\n",
                    "line 1: [\"a\"] (expected: an object with apiVersion, kind and metadata)"),
            new Broken(
                    "no kind",
                    "metadata: {name: x}\n",
                    "line 1: kind: nothing (expected: Service, EndpointSlice, Node, …)"),
            new Broken("kind no string", "kind: 7\n", "line 1: kind: 7 (expected: Service, EndpointSlice, Node, …)"),
            new Broken(
                    "no apiVersion",
                    "kind: Service\nmetadata: {name: x}\n",
                    "line 1: Service: apiVersion: nothing (expected: v1)"),
            new Broken(
                    "no name",
                    "apiVersion: v1\nkind: Service\n",
                    "line 1: Service: metadata.name: nothing (expected: a name)"),
            new Broken(
                    "name a number",
                    "apiVersion: v1\nkind: Service\nmetadata: {name: 7}\n",
                    "line 1: Service: metadata.name: 7 (expected: a name)"),
            new Broken(
                    "port a word",
                    service("spec: {ports: [{port: http}]}"),
                    "line 1: Service default/x: spec.ports[0].port: \"http\" (expected: a whole number)"),
            new Broken(
                    "port a quoted number",
                    service("spec: {ports: [{port: 80}, {port: '81'}]}"),
                    "line 1: Service default/x: spec.ports[1].port: \"81\" (expected: a whole number)"),
            new Broken(
                    "port with a fraction",
                    service("spec: {ports: [{port: 80.5}]}"),
                    "line 1: Service default/x: spec.ports[0].port: 80.5 (expected: a whole number)"),
            new Broken(
                    "port beyond every number",
                    service("spec: {ports: [{port: 99999999999}]}"),
                    "line 1: Service default/x: spec.ports[0].port: 99999999999 (expected: a whole number)"),
            new Broken(
                    "ports a mapping",
                    service("spec: {ports: {port: 80}}"),
                    "line 1: Service default/x: spec.ports: {\"port\":80} (expected: a list)"),
            new Broken(
                    "cluster IP a number",
                    service("spec: {clusterIP: 10}"),
                    "line 1: Service default/x: spec.clusterIP: 10 (expected: a string)"),
            new Broken(
                    "boolean a word",
                    service("spec: {publishNotReadyAddresses: often}"),
                    "line 1: Service default/x: spec.publishNotReadyAddresses: \"often\" (expected: true or false)"),
            new Broken(
                    "spec a string",
                    service("spec: none"),
                    "line 1: Service default/x: spec: \"none\" (expected: a mapping)"),
            new Broken(
                    "labels a list",
                    "apiVersion: v1\nkind: Service\nmetadata: {name: x, labels: [a]}\n",
                    "line 1: Service default/x: metadata.labels: [\"a\"] (expected: a mapping of names to values)"),
            new Broken(
                    "metadata a string",
                    "apiVersion: v1\nkind: Service\nmetadata: x\n",
                    "line 1: Service: metadata.name: nothing (expected: a name)"),
            new Broken("items no list", "kind: List\nitems: 3\n", "line 1: List: items: 3 (expected: a list)"),
            new Broken(
                    "item no object",
                    "kind: List\nitems: [3]\n",
                    "line 1: 3 (expected: an object with apiVersion, kind and metadata)"));

    private final ManifestReader reader = new ManifestReader("n1", new WatchFilter(Optional.empty()));

    @ParameterizedTest
    @FieldSource("UNREADABLE")
    void wholeManifestIsNamedWithLineAndReason(Unreadable example) {
        assertThatThrownBy(() -> reader.read(example.text()))
                .isInstanceOf(UnreadableManifestException.class)
                .message()
                .startsWith(example.reason())
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @FieldSource("BROKEN")
    void singleObjectIsNamedWithLineFieldAndExpectation(Broken example) throws Exception {
        assertThat(reader.read(example.text()).problems()).containsExactly(example.problem());
    }

    @Test
    void takesEveryDocumentListAndVersionThatIsWanted() throws Exception {
        ParsedManifest manifest = reader.read(WEB + """
                ---
                # a comment only
                ---
                apiVersion: v1
                kind: List
                items:
                - {apiVersion: v1, kind: Service, metadata: {name: in-list}}
                - {apiVersion: v1, kind: Node, metadata: {name: n1}}
                - {apiVersion: v1, kind: Node, metadata: {name: n2}}
                ---
                {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSliceList", "items": [
                \t{"metadata": {"name": "web-1", "namespace": "shop"}, "addressType": "IPv4", "endpoints": []}]}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: d}
                ---
                apiVersion: discovery.k8s.io/v1beta1
                kind: EndpointSlice
                metadata: {name: old}
                """);
        assertThat(manifest.problems()).isEmpty();
        assertThat(manifest.objects().keySet())
                .map(ManifestKey::toString)
                .containsExactlyInAnyOrder(
                        "Service shop/web", "Service default/in-list", "Node n1", "EndpointSlice shop/web-1");
        assertThat(manifest.otherKinds()).containsOnlyKeys("Deployment", "discovery.k8s.io/v1beta1/EndpointSlice");
    }

    @Test
    void sameObjectTwiceIsNamedWithBothLines() throws Exception {
        assertThat(reader.read(WEB + "---\n" + WEB).repeats())
                .containsExactly("Service shop/web is in line 1 and in line 6; the later one counts");
    }

    @Test
    void mistakeInAListNamesTheLineOfTheItem() throws Exception {
        assertThat(reader.read("""
                kind: List
                items:
                - apiVersion: v1
                  kind: Service
                  metadata: {name: good}
                - apiVersion: v1
                  kind: Service
                  metadata: {name: bad}
                  spec: {ports: 5}
                """).problems())
                .containsExactly("line 6: Service default/bad: spec.ports: 5 (expected: a list)");
    }

    @Test
    void brokenObjectKeepsItsLastGoodVersionAndNothingElseDoes() throws Exception {
        ParsedManifest before = reader.read(WEB + "---\n" + service("spec: {}"));
        ParsedManifest after = reader.read("---\n" + service("spec: 7"));
        ManifestKey kept = after.broken().iterator().next();
        assertThat(after.objectsAfter(before.objects()))
                .containsOnlyKeys(kept)
                .containsValue(before.objects().get(kept));
    }

    @Test
    void anchorsAliasesAndMergeKeysWorkAsInKubectl() throws Exception {
        ParsedManifest manifest = reader.read("""
                apiVersion: v1
                kind: Service
                metadata: {name: a, labels: &labels {app: x}}
                ---
                apiVersion: v1
                kind: Service
                metadata: &m {name: b, labels: &l {app: y}}
                spec: {selector: {<<: *l, tier: web}}
                """);
        assertThat(manifest.problems()).isEmpty();
        assertThat(manifest.objects().values())
                .anySatisfy(event -> assertThat(event.toString()).contains("b"));
    }

    private static String service(String spec) {
        return "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n" + spec + "\n";
    }

    private static String bomb() {
        StringBuilder text = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 40; i++) {
            text.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        return text.toString();
    }
}
