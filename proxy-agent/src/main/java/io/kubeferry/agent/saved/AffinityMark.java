package io.kubeferry.agent.saved;

import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.state.ServiceRecord;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.SessionAffinity;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A number that is another one when what session affinity remembers is worth writing again: a client is new, has gone or
 * moved, or has been here so much later than before that the file would forget it too soon. Pure.
 */
final class AffinityMark {
    /** A client may be forgotten too soon by this part of the time-out, but for the least step. */
    private static final int STEPS_PER_TIMEOUT = 4;

    private static final Duration LEAST_STEP = Duration.ofSeconds(10);

    private AffinityMark() {}

    /** That of {@code clients} at {@code nowNanos}; {@code services} tell the time-outs. */
    static long of(
            Map<ServicePortKey, List<RememberedClient>> clients, Collection<ServiceRecord> services, long nowNanos) {
        if (clients.isEmpty()) {
            return 0;
        }
        Map<ObjectName, Duration> timeouts = new HashMap<>();
        for (ServiceRecord service : services) {
            if (service.affinity() instanceof SessionAffinity.ClientIp(Duration timeout)) {
                timeouts.put(service.name(), timeout);
            }
        }
        long mark = 0;
        for (Map.Entry<ServicePortKey, List<RememberedClient>> entry : clients.entrySet()) {
            ServicePortKey key = entry.getKey();
            Duration timeout = timeouts.getOrDefault(
                    new ObjectName(key.name().namespace(), key.name().service()), Duration.ZERO);
            long step = Math.max(LEAST_STEP.toNanos(), timeout.toNanos() / STEPS_PER_TIMEOUT);
            for (RememberedClient client : entry.getValue()) {
                long lastUse = Math.floorDiv(nowNanos - client.idle().toNanos(), step);
                // A sum, since there is no order.
                mark += mixed(Objects.hash(key, client.client(), client.address(), client.port(), lastUse));
            }
        }
        return mark;
    }

    /** So that two changes do not make up for each other in the sum. */
    private static long mixed(int hash) {
        long mixed = (hash + 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        return mixed ^ (mixed >>> 31);
    }
}
