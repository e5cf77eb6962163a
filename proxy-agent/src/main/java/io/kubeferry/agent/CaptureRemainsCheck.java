package io.kubeferry.agent;

import io.kubeferry.agent.host.CaptureRemains;
import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once, when Services are first offered on loopback, whether an earlier process on this host captured their addresses: what
 * it left would make NodePorts and more unreachable, as if this process did not work.
 *
 * <p>Threading: sync thread; looks on a thread of its own, since that starts a program.
 */
final class CaptureRemainsCheck implements SyncObserver {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureRemainsCheck.class);

    private boolean done;

    @Override
    public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
        if (!done) {
            done = true;
            Thread.ofPlatform().daemon().name("kubeferry-capture-remains").start(CaptureRemainsCheck::look);
        }
    }

    private static void look() {
        if (CaptureRemains.onThisHost().areInForce()) {
            LOG.warn("an earlier kubeferry captured Service addresses on this host, and what it left is in force: what"
                    + " clients send to these addresses, or to the NodePorts of that time, is dropped until a kubeferry"
                    + " captures them again. 'kubeferry cleanup' removes it");
        }
    }
}
