package io.kubeferry.agent;

import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.observe.ServicePortStats;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Words about whose connections did not finish before the process had to end. Pure. */
final class UnfinishedConnections {
    private static final int NAMED = 10;

    private UnfinishedConnections() {}

    /** {@code it/web:http=3, it/db=1}: the service ports with the most, and "…" if there are more. */
    static String of(List<ServicePortView> servicePorts) {
        List<ServicePortStats> unfinished = servicePorts.stream()
                .map(ServicePortView::stats)
                .filter(stats -> count(stats) > 0)
                .sorted(Comparator.comparingLong(UnfinishedConnections::count).reversed())
                .toList();
        String named = unfinished.stream()
                .limit(NAMED)
                .map(stats -> stats.name() + "=" + count(stats))
                .collect(Collectors.joining(", "));
        return unfinished.size() > NAMED ? named + ", …" : named;
    }

    private static long count(ServicePortStats stats) {
        return stats.ended(CloseReason.DRAIN_DEADLINE);
    }
}
