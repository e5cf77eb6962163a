package io.kubeferry.agent.sync;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.core.model.IpFamily;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Changes that no successful sync has covered yet. A sync takes them all, and puts them back if it fails. Thread-safe.
 */
final class PendingChanges {
    @GuardedBy("this")
    private Batch batch = new Batch();

    synchronized void service(ObjectName service, Set<IpFamily> families) {
        batch.services.add(service);
        batch.families.addAll(families);
    }

    synchronized void slice(Set<IpFamily> families) {
        batch.slices++;
        batch.families.addAll(families);
    }

    synchronized void node(Set<IpFamily> families) {
        batch.nodeChanged = true;
        batch.families.addAll(families);
    }

    /** Hands over everything pending. */
    synchronized Batch take() {
        Batch taken = batch;
        batch = new Batch();
        return taken;
    }

    /** The sync that took {@code failed} did not succeed. */
    synchronized void putBack(Batch failed) {
        failed.add(batch);
        batch = failed;
    }

    /** Services that changed. */
    synchronized int services() {
        return batch.services.size();
    }

    /** Changes to slices. */
    synchronized int slices() {
        return batch.slices;
    }

    /** The IP families that pending changes concern. */
    synchronized Set<IpFamily> families() {
        return EnumSet.copyOf(batch.families);
    }

    /** Changes that one sync covers. Owned by one thread at a time. */
    static final class Batch {
        private final Set<ObjectName> services = new HashSet<>();
        private final EnumSet<IpFamily> families = EnumSet.noneOf(IpFamily.class);
        private int slices;
        private boolean nodeChanged;

        private void add(Batch later) {
            services.addAll(later.services);
            families.addAll(later.families);
            slices += later.slices;
            nodeChanged |= later.nodeChanged;
        }

        boolean nodeChanged() {
            return nodeChanged;
        }

        boolean isEmpty() {
            return families.isEmpty();
        }
    }
}
