package io.kubeferry.core.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.balance.EndpointTrack;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.connection.ConnectionSettings;
import io.kubeferry.core.connection.Departure;
import io.kubeferry.core.connection.Destination;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.routing.EndpointOrigin;
import io.kubeferry.core.routing.HostFacts;
import io.kubeferry.core.routing.OfferedAt;
import io.kubeferry.core.routing.RoutingPlanner;
import io.kubeferry.core.testing.ManualTicker;
import io.kubeferry.core.testing.SampleServicePort;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A table that serves what planning makes of service ports, on a node by the name of n1, and is asked by one client. */
final class TableRig {
    static final InetSocketAddress CLIENT = Snapshots.socketAddress("192.0.2.1:40000");

    private static final HostFacts HOST =
            new HostFacts(OfferedAt.LOOPBACK, Snapshots.addresses("127.0.0.1", "::1"), 0, true);

    /** Randomness that begins every round robin at its first endpoint. */
    private static final RandomGenerator FIRST = () -> 0;

    private final ManualTicker ticker = new ManualTicker();
    private final RoutingPlanner planner = new RoutingPlanner(EndpointOrigin.API_SERVER);
    private final DestinationTable table = new DestinationTable(
            ConnectionSettings.of(Duration.ofSeconds(1), 3, Optional.empty()),
            new ConnectionBudget(100),
            FIRST,
            ticker,
            Optional.empty());
    private List<Departure> departures = List.of();

    DestinationTable table() {
        return table;
    }

    long nanos() {
        return ticker.nanos();
    }

    void serve(SampleServicePort... samples) {
        List<ServicePort> servicePorts =
                Stream.of(samples).map(SampleServicePort::build).toList();
        ProxySnapshot snapshot = Snapshots.snapshot(Snapshots.node("n1"), servicePorts);
        departures = table.update(planner.plan(snapshot, HOST));
    }

    /** Of the last update. */
    List<Departure> departures() {
        return departures;
    }

    @Nullable
    Destination offered(String address) {
        return table.find(Snapshots.socketAddress(address), CLIENT);
    }

    Destination find(String address) {
        return Objects.requireNonNull(offered(address), address);
    }

    String pick(String address) {
        return String.valueOf(find(address).picker().pick(CLIENT.getAddress(), List.of()));
    }

    EndpointTrack track(String address) {
        return Objects.requireNonNull(find(address).picker().pick(CLIENT.getAddress(), List.of()))
                .track();
    }

    List<ServicePortView> views() {
        return table.servicePorts();
    }

    ServicePortView onlyView() {
        assertThat(views()).hasSize(1);
        return views().getFirst();
    }
}
