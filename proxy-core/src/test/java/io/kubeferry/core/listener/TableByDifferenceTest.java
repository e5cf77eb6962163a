package io.kubeferry.core.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.balance.Candidate;
import io.kubeferry.core.balance.EndpointPicker;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.connection.ConnectionSettings;
import io.kubeferry.core.connection.Destination;
import io.kubeferry.core.routing.AnswerPath;
import io.kubeferry.core.routing.ClientOrigin;
import io.kubeferry.core.routing.EndpointOrigin;
import io.kubeferry.core.routing.ListenAddress;
import io.kubeferry.core.routing.NodeNetwork;
import io.kubeferry.core.routing.RoutingPlan;
import io.kubeferry.core.routing.RoutingPlanner;
import io.kubeferry.core.testing.ManualTicker;
import io.kubeferry.core.testing.RandomCluster;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A table that followed every change offers what one does that begins with the last plan. */
class TableByDifferenceTest {
    private static final int STEPS = 1_000;
    private static final InetSocketAddress OUTSIDER = Snapshots.socketAddress("203.0.113.9:40000");
    private static final InetSocketAddress POD = Snapshots.socketAddress("10.244.0.9:40000");

    private final long seed = System.nanoTime();
    private final RandomCluster cluster = new RandomCluster(new Random(seed));
    private final Set<ListenAddress> places = new HashSet<>();
    private final ManualTicker ticker = new ManualTicker();

    @Test
    void offersAreThoseOfTheLastPlanHoweverItCameAbout() {
        RoutingPlanner planner = new RoutingPlanner(EndpointOrigin.API_SERVER);
        DestinationTable table = table();
        for (int step = 0; step < STEPS; step++) {
            cluster.change();
            RoutingPlan plan = planner.plan(cluster.snapshot(), cluster.host());
            places.addAll(plan.routes().keySet());

            table.update(plan);
            ticker.advance(ServedPlaces.HANDSHAKE);
            table.update(plan);

            DestinationTable fresh = table();
            fresh.update(plan);
            assertThat(offers(table)).as("seed %d, step %d", seed, step).isEqualTo(offers(fresh));
            assertThat(views(table)).as("seed %d, step %d", seed, step).isEqualTo(views(fresh));
        }
    }

    private DestinationTable table() {
        return new DestinationTable(
                ConnectionSettings.of(Duration.ofSeconds(1), 3, Optional.empty()),
                new ConnectionBudget(100),
                new Random(1),
                ticker,
                Optional.of(new TwoClients()));
    }

    /** What there is at every place that was ever served. */
    private Map<String, String> offers(DestinationTable table) {
        Map<String, String> offers = new TreeMap<>();
        for (ListenAddress place : places) {
            for (InetSocketAddress client : List.of(OUTSIDER, POD)) {
                Destination found = table.find(place.socketAddress(), client);
                if (found != null) {
                    offers.put(
                            place + " for " + client,
                            found.stats().name() + " " + found.stats().portLabel() + " as " + found.source() + " "
                                    + endpoints(found.picker(), client.getAddress()));
                }
            }
        }
        return offers;
    }

    private static Set<String> endpoints(EndpointPicker picker, InetAddress client) {
        List<Candidate> tried = new ArrayList<>();
        for (Candidate next = picker.pick(client, tried); next != null; next = picker.pick(client, tried)) {
            tried.add(next);
        }
        Set<String> endpoints = new TreeSet<>();
        tried.forEach(candidate ->
                endpoints.add(candidate.endpoint() + " " + candidate.endpoint().nodeName()));
        return endpoints;
    }

    private static List<String> views(DestinationTable table) {
        return table.servicePorts().stream()
                .map(view -> view.stats().name() + " " + view.stats().portLabel() + " " + view.usableCluster() + " "
                        + view.usableLocal() + " " + view.affinityClients().isPresent())
                .toList();
    }

    /** Knows the outsider. */
    private static final class TwoClients implements NodeNetwork {
        @Override
        public String nodeName() {
            return "n1";
        }

        @Override
        public ClientOrigin origin(InetAddress client) {
            return client.equals(OUTSIDER.getAddress()) ? ClientOrigin.OUTSIDE : ClientOrigin.POD;
        }

        @Override
        public boolean isPodOfThisNode(InetAddress client) {
            return false;
        }

        @Override
        public AnswerPath answerPath(InetAddress client, InetAddress endpoint) {
            return AnswerPath.ROUTED;
        }
    }
}
