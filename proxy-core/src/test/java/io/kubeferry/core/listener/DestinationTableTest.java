package io.kubeferry.core.listener;

import static io.kubeferry.core.testing.SampleEndpoint.endpoint;
import static io.kubeferry.core.testing.SampleRules.rules;
import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.balance.EndpointTrack;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.connection.ConnectionSettings;
import io.kubeferry.core.connection.Departure;
import io.kubeferry.core.connection.Destination;
import io.kubeferry.core.model.Balance;
import io.kubeferry.core.model.EndpointRemoval;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.DataPlaneView.EndpointReading;
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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DestinationTableTest {
    private static final HostFacts HOST =
            new HostFacts(OfferedAt.LOOPBACK, Snapshots.addresses("127.0.0.1", "::1"), 0, true);

    private static final InetSocketAddress CLIENT = Snapshots.socketAddress("192.0.2.1:40000");

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

    @Test
    void servedAddressesAreFoundAndOthersAreNot() {
        serve(servicePort("shop/web").nodePort(30080).endpoints("10.244.0.5:80"));

        assertThat(table.find(Snapshots.socketAddress("127.96.0.10:80"), CLIENT))
                .isNotNull();
        assertThat(table.find(Snapshots.socketAddress("127.0.0.1:30080"), CLIENT))
                .isNotNull();
        assertThat(table.find(Snapshots.socketAddress("127.96.0.10:81"), CLIENT))
                .isNull();
        assertThat(table.find(Snapshots.socketAddress("127.0.0.1:80"), CLIENT)).isNull();
    }

    @Test
    void addressWithoutEndpointsIsNotFound() {
        serve(servicePort("shop/web").nodePort(30080).externalLocal().endpoints("10.244.0.5:80"));

        assertThat(table.find(Snapshots.socketAddress("127.96.0.10:80"), CLIENT))
                .isNotNull();
        assertThat(table.find(Snapshots.socketAddress("127.0.0.1:30080"), CLIENT))
                .isNull();
    }

    @Test
    void addressesOfOneServicePortTakeTurnsTogether() {
        serve(servicePort("shop/web").nodePort(30080).endpoints("10.244.0.1:80", "10.244.0.2:80", "10.244.0.3:80"));

        List<String> picks = Stream.of("127.96.0.10:80", "127.0.0.1:30080", "127.96.0.10:80")
                .map(this::pick)
                .toList();

        assertThat(picks).doesNotHaveDuplicates();
    }

    @Test
    void addressesUnderAnotherPolicyTakeTurnsOfTheirOwn() {
        serve(servicePort("shop/web")
                .nodePort(30080)
                .externalLocal()
                .endpoints(
                        endpoint("10.244.0.1:80").onNode("n1"),
                        endpoint("10.244.0.2:80").onNode("n2")));

        String before = pick("127.96.0.10:80");
        assertThat(Stream.generate(() -> pick("127.0.0.1:30080")).limit(3)).containsOnly("10.244.0.1:80");
        assertThat(pick("127.96.0.10:80")).isNotEqualTo(before);
    }

    @Test
    void turnsGoOnWhereTheyWereWhenThePlanChanges() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80", "10.244.0.3:80");
        serve(web);
        assertThat(pick("127.96.0.10:80")).isEqualTo("10.244.0.1:80");

        serve(web, servicePort("shop/other").clusterIp("10.96.0.11", 80).endpoints("10.244.0.9:80"));
        assertThat(pick("127.96.0.10:80")).isEqualTo("10.244.0.2:80");

        serve(web.endpoints("10.244.0.2:80", "10.244.0.3:80", "10.244.0.4:80"));
        assertThat(pick("127.96.0.10:80")).isEqualTo("10.244.0.3:80");
        assertThat(pick("127.96.0.10:80")).isEqualTo("10.244.0.4:80");
    }

    @Test
    void destinationInUseFollowsTheEndpointsOfLaterPlans() {
        serve(servicePort("shop/web").endpoints("10.244.0.1:80"));
        Destination inUse = find("127.96.0.10:80");

        serve(servicePort("shop/web").endpoints("10.244.0.2:80"));

        assertThat(inUse.picker().pick(Snapshots.address("192.0.2.1"), List.of()))
                .hasToString("10.244.0.2:80");
    }

    @Test
    void countsStayWhileTheServiceStaysAndGoWithIt() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80");
        serve(web);
        find("127.96.0.10:80").stats().connectionOpened();
        find("127.96.0.10:80").stats().connectionEnded(CloseReason.COMPLETED, 1);

        serve(web.withoutEndpoints());
        assertThat(onlyView().stats().opened()).isEqualTo(1);
        serve(web.endpoints("10.244.0.2:80").clusterIp("10.96.0.20", 80));
        assertThat(onlyView().stats().opened()).isEqualTo(1);
        assertThat(find("127.96.0.20:80").stats()).isSameAs(onlyView().stats());

        serve();
        assertThat(table.servicePorts()).isEmpty();
        serve(web);
        assertThat(onlyView().stats().opened()).isZero();
        assertThat(find("127.96.0.20:80").stats()).isSameAs(onlyView().stats());
    }

    @Test
    void unnamedPortThatGetsAnotherNumberIsCountedUnderIt() {
        serve(servicePort("shop/web").endpoints("10.244.0.1:80"));
        serve(servicePort("shop/web").clusterIp("10.96.0.10", 81).endpoints("10.244.0.1:80"));

        assertThat(onlyView().stats().portLabel()).isEqualTo("81");
        assertThat(find("127.96.0.10:81").stats()).isSameAs(onlyView().stats());
    }

    @Test
    void familiesOfOneServicePortAreCountedTogetherAndTakeTurnsApart() {
        serve(
                servicePort("shop/web").nodePort(30080).endpoints("10.244.0.1:80", "10.244.0.2:80"),
                servicePort("shop/web")
                        .nodePort(30080)
                        .clusterIp("fd00::10", 80)
                        .endpoints("[fd00:1::1]:80"));

        assertThat(find("127.0.0.1:30080").stats()).isSameAs(find("[::1]:30080").stats());
        assertThat(onlyView().usableCluster()).hasValue(3);
        assertThat(Stream.generate(() -> pick("[::1]:30080")).limit(3)).containsOnly("[fd00:1::1]:80");
    }

    @Test
    void viewsComeInTheOrderOfNames() {
        serve(
                servicePort("b/web").clusterIp("10.96.0.1", 80),
                servicePort("a/web:https").clusterIp("10.96.0.2", 443),
                servicePort("a/web:http").clusterIp("10.96.0.2", 80),
                servicePort("a/db").clusterIp("10.96.0.3", 80));

        assertThat(table.servicePorts())
                .extracting(view -> view.stats().name().toString())
                .containsExactly("a/db", "a/web:http", "a/web:https", "b/web");
    }

    @Test
    void usableEndpointsAreCountedByPolicyOnlyWhereAnAddressUsesThem() {
        serve(
                servicePort("a/cluster").clusterIp("10.96.0.1", 80).endpoints("10.244.0.1:80", "10.244.0.2:80"),
                servicePort("b/local")
                        .clusterIp("10.96.0.2", 80)
                        .internalLocal()
                        .endpoints(
                                endpoint("10.244.0.1:80").onNode("n1"),
                                endpoint("10.244.0.2:80").onNode("n2")),
                servicePort("c/both").clusterIp("10.96.0.3", 80).nodePort(30080).externalLocal());

        assertThat(table.servicePorts())
                .extracting(ServicePortView::usableCluster)
                .containsExactly(OptionalInt.of(2), OptionalInt.empty(), OptionalInt.of(0));
        assertThat(table.servicePorts())
                .extracting(ServicePortView::usableLocal)
                .containsExactly(OptionalInt.empty(), OptionalInt.of(1), OptionalInt.of(0));
    }

    @Test
    void clientsOfAnotherProcessGoOnAtTheirEndpointsWhileTheseAreThere() {
        SampleServicePort web = servicePort("shop/web")
                .clientIpAffinity(Duration.ofHours(3))
                .endpoints("10.244.0.1:80", "10.244.0.2:80", "10.244.0.3:80");
        ServicePortKey key = web.build().key();
        RememberedClient client =
                new RememberedClient(CLIENT.getAddress(), Snapshots.address("10.244.0.3"), 80, Duration.ofMinutes(1));
        table.takeOver(Map.of(key, List.of(client)));
        serve(web);

        assertThat(table.rememberedClients()).isEqualTo(Map.of(key, List.of(client)));
        assertThat(pick("127.96.0.10:80")).isEqualTo("10.244.0.3:80");
        serve(web.endpoints("10.244.0.1:80"));
        assertThat(pick("127.96.0.10:80")).isEqualTo("10.244.0.1:80");
    }

    @Test
    void whatAnotherProcessLeftCountsForTheNextPlanOnly() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80", "10.244.0.3:80");
        ServicePortKey key = web.build().key();
        table.takeOver(Map.of(
                key,
                List.of(new RememberedClient(
                        CLIENT.getAddress(), Snapshots.address("10.244.0.3"), 80, Duration.ofMinutes(1)))));
        serve(web);
        serve(web.clientIpAffinity(Duration.ofHours(3)));

        assertThat(pick("127.96.0.10:80")).isEqualTo("10.244.0.1:80");
    }

    @Test
    void clientsOfASessionAffinityAreCountedOverAllAddresses() {
        serve(servicePort("shop/web")
                .nodePort(30080)
                .clientIpAffinity(Duration.ofHours(3))
                .endpoints("10.244.0.5:80"));
        LongSupplier clients = onlyView().affinityClients().orElseThrow();
        assertThat(clients.getAsLong()).isZero();
        find("127.96.0.10:80").picker().pick(Snapshots.address("192.0.2.1"), List.of());
        find("127.0.0.1:30080").picker().pick(Snapshots.address("192.0.2.1"), List.of());
        find("127.0.0.1:30080").picker().pick(Snapshots.address("192.0.2.2"), List.of());
        assertThat(clients.getAsLong()).isEqualTo(2);

        serve(servicePort("shop/web").nodePort(30080).endpoints("10.244.0.5:80"));
        assertThat(onlyView().affinityClients()).isEmpty();
    }

    @Test
    void endpointThatNoSliceHasAnyMoreDepartsAndATerminatingOneDoesNot() {
        SampleServicePort web = servicePort("shop/web")
                .connections(
                        rules().onEndpointRemoval(new EndpointRemoval.Reset()).build());
        serve(web.endpoints(endpoint("10.244.0.1:80"), endpoint("10.244.0.2:80")));
        serve(web.endpoints(endpoint("10.244.0.1:80"), endpoint("10.244.0.2:80").terminating()));
        assertThat(departures).isEmpty();

        serve(web.endpoints(endpoint("10.244.0.1:80")));

        assertThat(departures).singleElement().satisfies(departure -> {
            assertThat(departure.rule()).isEqualTo(new EndpointRemoval.Reset());
            assertThat(departure.endpoints())
                    .extracting(EndpointTrack::address)
                    .containsExactly(Snapshots.socketAddress("10.244.0.2:80"));
        });
        serve(web);
        assertThat(departures).isEmpty();
    }

    @Test
    void endpointsOfADeletedServiceDepartByItsLastRule() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80");
        serve(web);
        serve(web.connections(
                rules().onEndpointRemoval(new EndpointRemoval.Reset()).build()));
        assertThat(departures).isEmpty();

        serve();

        assertThat(departures).singleElement().satisfies(departure -> {
            assertThat(departure.rule()).isEqualTo(new EndpointRemoval.Reset());
            assertThat(departure.endpoints()).hasSize(2);
        });
    }

    @Test
    void endpointThatMovesToTheOtherListOfAServiceDoesNotDepart() {
        SampleServicePort web = servicePort("shop/web").nodePort(30080).externalLocal();
        serve(web.endpoints(endpoint("10.244.0.1:80").onNode("n1")));
        serve(web.endpoints(endpoint("10.244.0.1:80").onNode("n2")));

        assertThat(departures).isEmpty();
    }

    @Test
    void removedEndpointIsKnownAsLongAsItHasConnections() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80");
        serve(web);
        EndpointTrack first = track("127.96.0.10:80");
        first.connectionBegan();

        serve(web.endpoints("10.244.0.2:80"));
        assertThat(onlyView().endpoints().get())
                .containsExactlyInAnyOrder(
                        new EndpointReading(Snapshots.socketAddress("10.244.0.1:80"), 1, false),
                        new EndpointReading(Snapshots.socketAddress("10.244.0.2:80"), 0, false));
        first.connectionEnded();
        assertThat(onlyView().endpoints().get()).hasSize(1);
    }

    @Test
    void endpointIsShownAsSetAsideOnlyWhileOthersWorkAndTheOwnerWantsIt() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80");
        serve(web);
        EndpointTrack first = track("127.96.0.10:80");
        EndpointTrack second = track("127.96.0.10:80");

        first.connectFailed(ticker.nanos(), ticker.nanos());
        assertThat(setAside()).containsExactly(first.address());
        serve(web.connections(rules().withoutSetAside().build()));
        assertThat(setAside()).isEmpty();
        serve(web.connections(rules().build()));
        assertThat(setAside()).containsExactly(first.address());
        second.connectFailed(ticker.nanos(), ticker.nanos());
        assertThat(setAside()).isEmpty();
    }

    @Test
    void endpointThatWasAwayComesBackWithAGoodName() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80");
        serve(web);
        EndpointTrack first = track("127.96.0.10:80");
        first.connectionBegan();
        first.connectFailed(ticker.nanos(), ticker.nanos());
        serve(web.endpoints("10.244.0.2:80"));
        serve(web.endpoints("10.244.0.1:80", "10.244.0.2:80"));

        assertThat(first.isGone()).isFalse();
        assertThat(setAside()).isEmpty();
    }

    @Test
    void anotherBalanceHoldsFromTheNextConnectionOn() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80");
        serve(web);
        track("127.96.0.10:80").connectionBegan();

        serve(web.connections(rules().balance(Balance.LEAST_CONNECTIONS).build()));
        assertThat(Stream.generate(() -> pick("127.96.0.10:80")).limit(20)).containsOnly("10.244.0.2:80");
        serve(web.connections(rules().build()));
        assertThat(Stream.generate(() -> pick("127.96.0.10:80")).limit(2))
                .containsExactly("10.244.0.1:80", "10.244.0.2:80");
    }

    private List<InetSocketAddress> setAside() {
        return onlyView().endpoints().get().stream()
                .filter(EndpointReading::setAside)
                .map(EndpointReading::address)
                .toList();
    }

    private EndpointTrack track(String address) {
        return Objects.requireNonNull(find(address).picker().pick(Snapshots.address("192.0.2.1"), List.of()))
                .track();
    }

    private void serve(SampleServicePort... samples) {
        List<ServicePort> servicePorts =
                Stream.of(samples).map(SampleServicePort::build).toList();
        ProxySnapshot snapshot = Snapshots.snapshot(Snapshots.node("n1"), servicePorts);
        departures = table.update(planner.plan(snapshot, HOST));
    }

    private Destination find(String address) {
        return Objects.requireNonNull(table.find(Snapshots.socketAddress(address), CLIENT), address);
    }

    private String pick(String address) {
        return String.valueOf(find(address).picker().pick(Snapshots.address("192.0.2.1"), List.of()));
    }

    private ServicePortView onlyView() {
        assertThat(table.servicePorts()).hasSize(1);
        return table.servicePorts().getFirst();
    }
}
