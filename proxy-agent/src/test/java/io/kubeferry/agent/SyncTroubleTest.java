package io.kubeferry.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.sync.SyncObserver.Extent;
import io.kubeferry.agent.sync.SyncObserver.Run;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SyncTroubleTest {
    private static final Run RUN = new Run(Extent.FULL, Duration.ofMillis(1));

    private final SyncTrouble trouble = new SyncTrouble(() -> "from the file");

    @Test
    void beforeTheFirstSyncItSaysWhatIsWaitedFor() {
        assertThat(trouble.now(true, "API server https://api"))
                .hasValueSatisfying(
                        words -> assertThat(words).contains("nothing is served yet", "API server https://api"));
    }

    @Test
    void aSyncThatSucceededLeavesNoTrouble() {
        succeed();
        assertThat(trouble.now(true, "")).isEmpty();
    }

    @Test
    void changesThatWaitTooLongAreTold() {
        succeed();
        assertThat(trouble.now(false, ""))
                .hasValueSatisfying(words -> assertThat(words).contains("changes of the cluster are waiting"));
    }

    @Test
    void aFailureIsToldUntilASyncSucceeds() {
        trouble.failed(RUN);
        assertThat(trouble.now(true, ""))
                .hasValueSatisfying(words -> assertThat(words).contains("the last sync failed"));
        succeed();
        assertThat(trouble.now(true, "")).isEmpty();
    }

    @Test
    void whatAnEarlierProcessHasLeftIsNamedUntilTheSourcesHaveToldEverything() {
        succeed(new Run(Extent.EARLY, Duration.ofMillis(1)));
        assertThat(trouble.now(true, "API server https://api"))
                .hasValue("from the file: waiting for the first complete lists from API server https://api");
        succeed();
        assertThat(trouble.now(true, "")).isEmpty();
    }

    private void succeed() {
        succeed(RUN);
    }

    private void succeed(Run run) {
        NodeIdentity node = new NodeIdentity("here", Optional.empty(), List.of());
        trouble.succeeded(new ProxySnapshot(1, node, Map.of()), run, Map.of());
    }
}
