package io.kubeferry.agent.plan;

import io.kubeferry.agent.AddressChoice;
import io.kubeferry.agent.AgentStartException;
import io.kubeferry.agent.NodeHost;
import io.kubeferry.agent.Sources;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.SourceAddressMode;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ClusterState;
import io.kubeferry.agent.watch.ClusterListener;
import io.kubeferry.agent.watch.ClusterSource;
import io.kubeferry.agent.watch.NodeAnswer;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.routing.HostFacts;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.RoutingPlanner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Reads the cluster once, from the source that the options name, and plans for it with the code that {@code run} uses.
 *
 * <p>Threading: one call, on one thread; events arrive on the source's threads.
 */
public final class PlanReader {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** The own Node may be forbidden or not exist, so its absence is no failure. */
    private static final Duration PATIENCE_FOR_NODE = Duration.ofSeconds(2);

    private final AgentOptions options;
    private final Duration patience;

    /** Plans as {@code options} say. */
    public PlanReader(AgentOptions options) {
        this(options, PATIENCE);
    }

    PlanReader(AgentOptions options, Duration patience) {
        this.options = options;
        this.patience = patience;
    }

    /**
     * The plan for what the source holds now.
     *
     * @throws AgentStartException if there is no usable source, or it does not deliver a complete list in time
     */
    public PlanDocument read() throws AgentStartException, InterruptedException {
        ClusterState state =
                new ClusterState(options.node().name(), options.node().zone(), Instant.now());
        Reading reading = new Reading(state);
        try (ClusterSource source = Sources.open(options)) {
            source.start(reading);
            if (!reading.synced.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AgentStartException(source.description() + " has delivered no complete list of Services and"
                        + " EndpointSlices within " + patience.toSeconds() + " s");
            }
            if (Sources.hasNode(options) && !reading.node.await(PATIENCE_FOR_NODE.toMillis(), TimeUnit.MILLISECONDS)) {
                // The plan says what holds without it.
                reading.node.countDown();
            }
        }
        return document(state);
    }

    private PlanDocument document(ClusterState state) {
        AgentOptions settled = AddressChoice.settle(
                options, state.node().<NodeAnswer>map(NodeAnswer.Found::new).orElseGet(NodeAnswer.Missing::new));
        NodeHost host = new NodeHost(settled);
        ProxySnapshot snapshot = state.snapshot();
        HostFacts facts = host.facts(snapshot.node());
        RoutingPlan plan = new RoutingPlanner(Sources.origin(options)).plan(snapshot, facts);
        List<Skipped> skipped = new ArrayList<>(state.skipped());
        skipped.addAll(plan.skipped());
        skipped.addAll(host.skipped(snapshot.node()));
        return PlanDocument.of(
                host.identity(snapshot.node()),
                plan,
                skipped,
                new PlanDocument.Surroundings(
                        facts.offeredAt(),
                        options.addresses().source() == SourceAddressMode.NODE,
                        options.services().clusterCidrs().stream()
                                .map(IpCidr::family)
                                .collect(Collectors.toSet())));
    }

    /** Takes over what the source delivers. */
    private static final class Reading implements ClusterListener {
        private final ClusterState state;
        private final CountDownLatch synced = new CountDownLatch(1);
        private final CountDownLatch node = new CountDownLatch(1);

        Reading(ClusterState state) {
            this.state = state;
        }

        @Override
        public void onEvent(ClusterEvent event) {
            state.apply(event);
            if (state.node().isPresent()) {
                node.countDown();
            }
        }

        @Override
        public void onSynced() {
            synced.countDown();
        }
    }
}
