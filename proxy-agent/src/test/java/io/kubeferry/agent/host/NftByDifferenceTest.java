package io.kubeferry.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.routing.CapturePlan;
import io.kubeferry.core.routing.EndpointOrigin;
import io.kubeferry.core.routing.RoutingPlanner;
import io.kubeferry.core.testing.RandomCluster;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A table that was changed bit by bit has the elements of one that is made from nothing. */
class NftByDifferenceTest {
    private static final int STEPS = 2_000;

    private final long seed = System.nanoTime();
    private final RandomCluster cluster = new RandomCluster(new Random(seed));
    private final Map<String, Set<String>> table = new TreeMap<>();

    @Test
    void elementsAreThoseOfTheLastPlanHoweverItCameAbout() {
        RoutingPlanner planner = new RoutingPlanner(EndpointOrigin.API_SERVER);
        FormerPlaces former = new FormerPlaces();
        CapturePlan last = CapturePlan.EMPTY;
        for (int step = 0; step < STEPS; step++) {
            cluster.change();
            var snapshot = cluster.snapshot();
            CapturePlan plan = CapturePlan.of(planner.plan(snapshot, cluster.host()), snapshot);

            NftChange change = NftChange.between(last, plan);
            former.follow(change);
            take(change, step);
            last = plan;

            assertThat(table)
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(NftElements.of(plan, former).bySet());
        }
    }

    /** As the kernel does: what is deleted must be there, what is added must not. */
    private void take(NftChange change, int step) {
        change.gone()
                .bySet()
                .forEach((set, elements) -> elements.forEach(
                        element -> assertThat(table.getOrDefault(set, Set.of()).remove(element))
                                .as("seed %d, step %d: delete from %s { %s }", seed, step, set, element)
                                .isTrue()));
        change.come().bySet().forEach((set, elements) -> {
            Set<String> there = table.computeIfAbsent(set, _ -> new HashSet<>());
            elements.forEach(element -> assertThat(there.add(element))
                    .as("seed %d, step %d: add to %s { %s }", seed, step, set, element)
                    .isTrue());
        });
    }
}
