package io.kubeferry.agent;

import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.listener.BindProblem;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.routing.ListenAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Tells the owners of Services which of their addresses cannot be bound, each once until it can be.
 *
 * <p>Threading: sync thread only.
 */
final class BindEvents implements SyncObserver {
    private static final String REASON = "FailedToListen";
    private static final String ACTION = "Listen";

    private final String node;
    private final Supplier<List<BindProblem>> problems;
    private final OwnerWarning owner;
    private Set<Trouble> told = Set.of();

    /** What makes two problems the same: a route changes with its endpoints, which is no news here. */
    private record Trouble(ServicePortName servicePort, ListenAddress place, SocketFailure failure) {
        static Trouble of(BindProblem problem) {
            return new Trouble(
                    problem.route().servicePort().name(), problem.route().place(), problem.failure());
        }
    }

    /** As {@link io.kubeferry.agent.watch.ClusterSource#warnOwner}. */
    @FunctionalInterface
    interface OwnerWarning {
        void warn(ObjectName service, String reason, String action, String note);
    }

    /** Tells {@code owner} what stands in {@code problems} on {@code node}. */
    BindEvents(String node, Supplier<List<BindProblem>> problems, OwnerWarning owner) {
        this.node = node;
        this.problems = problems;
        this.owner = owner;
    }

    @Override
    public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
        Set<Trouble> now = new HashSet<>();
        for (BindProblem problem : problems.get()) {
            now.add(Trouble.of(problem));
            if (!told.contains(Trouble.of(problem))) {
                warn(problem);
            }
        }
        told = now;
    }

    private void warn(BindProblem problem) {
        ServicePortName name = problem.route().servicePort().name();
        owner.warn(
                new ObjectName(name.namespace(), name.service()),
                REASON,
                ACTION,
                "node " + node + " cannot listen on " + problem.route().place() + " for "
                        + problem.route().address() + ": " + problem.failure().description());
    }
}
