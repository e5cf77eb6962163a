package io.kubeferry.agent;

import io.kubeferry.agent.saved.StateSaver;
import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Has what is served kept for the next start, unless it is what an earlier process has left. Threading: sync thread only. */
record SavedSync(StateSaver saver) implements SyncObserver {
    @Override
    public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
        switch (run.extent()) {
            case EARLY -> {}
            case FULL, PARTIAL -> saver.served();
        }
    }
}
