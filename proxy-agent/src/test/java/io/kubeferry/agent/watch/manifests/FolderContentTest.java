package io.kubeferry.agent.watch.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.core.model.Skipped;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FolderContentTest {
    private static final ManifestKey WEB = service("web");
    private static final ManifestKey API = service("api");

    @Test
    void laterFileByNameWinsAndBothAreNamed() {
        FolderContent content = FolderContent.merge(new TreeMap<>(Map.of(
                "b.yaml", Map.of(WEB, event(WEB, "from b")),
                "a.yaml", Map.of(WEB, event(WEB, "from a"), API, event(API, "from a")))));
        assertThat(content.objects()).containsEntry(WEB, event(WEB, "from b")).containsEntry(API, event(API, "from a"));
        assertThat(content.conflicts())
                .containsExactly("Service default/web is in a.yaml and in b.yaml; b.yaml counts");
    }

    @Test
    void onlyDifferencesBecomeEvents() {
        FolderContent before = content(Map.of(WEB, event(WEB, "same"), API, event(API, "old")));
        FolderContent after = content(Map.of(WEB, event(WEB, "same"), API, event(API, "new")));
        assertThat(after.changesSince(before)).containsExactly(event(API, "new"));
        assertThat(after.changesSince(after)).isEmpty();
    }

    @Test
    void whatIsGoneIsRemovedByItsKindAfterWhatCame() {
        ManifestKey slice = new ManifestKey(ManifestKind.ENDPOINT_SLICE, new ObjectName("default", "web-1"));
        ManifestKey node = new ManifestKey(ManifestKind.NODE, new ObjectName("", "n1"));
        FolderContent before = content(Map.of(WEB, event(WEB, ""), slice, event(WEB, ""), node, event(WEB, "")));
        FolderContent after = content(Map.of(API, event(API, "")));
        assertThat(after.changesSince(before))
                .isEqualTo(List.of(
                        event(API, ""),
                        new ClusterEvent.ServiceRemoved(WEB.name()),
                        new ClusterEvent.SliceRemoved(slice.name()),
                        new ClusterEvent.NodeRemoved("n1")));
    }

    private static FolderContent content(Map<ManifestKey, ClusterEvent> objects) {
        return FolderContent.merge(new TreeMap<>(Map.of("a.yaml", objects)));
    }

    private static ManifestKey service(String name) {
        return new ManifestKey(ManifestKind.SERVICE, new ObjectName("default", name));
    }

    private static ClusterEvent event(ManifestKey key, String content) {
        return new ClusterEvent.ServiceIgnored(key.name(), new Skipped(key.toString(), "", content));
    }
}
