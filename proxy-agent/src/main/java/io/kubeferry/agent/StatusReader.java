package io.kubeferry.agent;

import io.kubeferry.agent.status.StatusProblem;
import io.kubeferry.agent.status.StatusReading;
import io.kubeferry.agent.sync.SyncHealth;
import io.kubeferry.agent.watch.ClusterSource;
import io.kubeferry.core.DataPlane;
import io.kubeferry.core.listener.BindProblem;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.OfferedAt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Reads from the running agent what the status address tells. Immutable; its parts are thread-safe. */
record StatusReader(
        String node,
        String version,
        OfferedAt offeredAt,
        DataPlane dataPlane,
        ClusterSource source,
        SyncHealth health,
        SyncTrouble syncs)
        implements Supplier<StatusReading> {
    @Override
    public StatusReading get() {
        List<BindProblem> unbound = dataPlane.bindProblems();
        return new StatusReading(
                new StatusReading.Agent(node, version, source.description()),
                new StatusReading.Moment(Instant.now(), Ticker.system().nanos()),
                dataPlane.servicePorts(),
                dataPlane.plan(),
                offeredAt,
                unbound.stream().map(problem -> problem.route().place()).collect(Collectors.toSet()),
                problems(unbound));
    }

    private List<StatusProblem> problems(List<BindProblem> unbound) {
        List<StatusProblem> problems = new ArrayList<>();
        syncs.now(health.report().healthy(), source.description())
                .ifPresent(trouble -> problems.add(new StatusProblem(StatusProblem.Kind.SYNC, trouble)));
        source.problems().forEach(trouble -> problems.add(new StatusProblem(StatusProblem.Kind.SOURCE, trouble)));
        unbound.forEach(problem -> problems.add(new StatusProblem(StatusProblem.Kind.LISTENER, problem.toString())));
        return problems;
    }
}
