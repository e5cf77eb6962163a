package io.kubeferry.core.listener;

import static io.kubeferry.core.testing.SampleEndpoint.endpoint;
import static io.kubeferry.core.testing.SampleRules.rules;
import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.balance.EndpointTrack;
import io.kubeferry.core.model.EndpointRemoval;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.DataPlaneView.EndpointReading;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.testing.SampleServicePort;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** What is known of service ports: their counts and endpoints, and which of these depart. */
class AccountsTest {
    private final TableRig table = new TableRig();

    @Test
    void countsStayWhileTheServiceStaysAndGoWithIt() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80");
        table.serve(web);
        table.find("127.96.0.10:80").stats().connectionOpened();
        table.find("127.96.0.10:80").stats().connectionEnded(CloseReason.COMPLETED, 1);

        table.serve(web.withoutEndpoints());
        assertThat(table.onlyView().stats().opened()).isEqualTo(1);
        table.serve(web.endpoints("10.244.0.2:80").clusterIp("10.96.0.20", 80));
        assertThat(table.onlyView().stats().opened()).isEqualTo(1);
        assertThat(table.find("127.96.0.20:80").stats())
                .isSameAs(table.onlyView().stats());

        table.serve();
        assertThat(table.views()).isEmpty();
        table.serve(web);
        assertThat(table.onlyView().stats().opened()).isZero();
        assertThat(table.find("127.96.0.20:80").stats())
                .isSameAs(table.onlyView().stats());
    }

    @Test
    void unnamedPortThatGetsAnotherNumberIsCountedUnderIt() {
        table.serve(servicePort("shop/web").endpoints("10.244.0.1:80"));
        table.serve(servicePort("shop/web").clusterIp("10.96.0.10", 81).endpoints("10.244.0.1:80"));

        assertThat(table.onlyView().stats().portLabel()).isEqualTo("81");
        assertThat(table.find("127.96.0.10:81").stats())
                .isSameAs(table.onlyView().stats());
    }

    @Test
    void viewsComeInTheOrderOfNames() {
        table.serve(
                servicePort("b/web").clusterIp("10.96.0.1", 80),
                servicePort("a/web:https").clusterIp("10.96.0.2", 443),
                servicePort("a/web:http").clusterIp("10.96.0.2", 80),
                servicePort("a/db").clusterIp("10.96.0.3", 80));

        assertThat(table.views())
                .extracting(view -> view.stats().name().toString())
                .containsExactly("a/db", "a/web:http", "a/web:https", "b/web");
    }

    @Test
    void usableEndpointsAreCountedByPolicyOnlyWhereAnAddressUsesThem() {
        table.serve(
                servicePort("a/cluster").clusterIp("10.96.0.1", 80).endpoints("10.244.0.1:80", "10.244.0.2:80"),
                servicePort("b/local")
                        .clusterIp("10.96.0.2", 80)
                        .internalLocal()
                        .endpoints(
                                endpoint("10.244.0.1:80").onNode("n1"),
                                endpoint("10.244.0.2:80").onNode("n2")),
                servicePort("c/both").clusterIp("10.96.0.3", 80).nodePort(30080).externalLocal());

        assertThat(table.views())
                .extracting(ServicePortView::usableCluster)
                .containsExactly(OptionalInt.of(2), OptionalInt.empty(), OptionalInt.of(0));
        assertThat(table.views())
                .extracting(ServicePortView::usableLocal)
                .containsExactly(OptionalInt.empty(), OptionalInt.of(1), OptionalInt.of(0));
    }

    @Test
    void clientsOfASessionAffinityAreCountedOverAllAddresses() {
        table.serve(servicePort("shop/web")
                .nodePort(30080)
                .clientIpAffinity(Duration.ofHours(3))
                .endpoints("10.244.0.5:80"));
        LongSupplier clients = table.onlyView().affinityClients().orElseThrow();
        assertThat(clients.getAsLong()).isZero();
        table.find("127.96.0.10:80").picker().pick(Snapshots.address("192.0.2.1"), List.of());
        table.find("127.0.0.1:30080").picker().pick(Snapshots.address("192.0.2.1"), List.of());
        table.find("127.0.0.1:30080").picker().pick(Snapshots.address("192.0.2.2"), List.of());
        assertThat(clients.getAsLong()).isEqualTo(2);

        table.serve(servicePort("shop/web").nodePort(30080).endpoints("10.244.0.5:80"));
        assertThat(table.onlyView().affinityClients()).isEmpty();
    }

    @Test
    void endpointThatNoSliceHasAnyMoreDepartsAndATerminatingOneDoesNot() {
        SampleServicePort web = servicePort("shop/web")
                .connections(
                        rules().onEndpointRemoval(new EndpointRemoval.Reset()).build());
        table.serve(web.endpoints(endpoint("10.244.0.1:80"), endpoint("10.244.0.2:80")));
        table.serve(web.endpoints(
                endpoint("10.244.0.1:80"), endpoint("10.244.0.2:80").terminating()));
        assertThat(table.departures()).isEmpty();

        table.serve(web.endpoints(endpoint("10.244.0.1:80")));

        assertThat(table.departures()).singleElement().satisfies(departure -> {
            assertThat(departure.rule()).isEqualTo(new EndpointRemoval.Reset());
            assertThat(departure.endpoints())
                    .extracting(EndpointTrack::address)
                    .containsExactly(Snapshots.socketAddress("10.244.0.2:80"));
        });
        table.serve(web);
        assertThat(table.departures()).isEmpty();
    }

    @Test
    void endpointsOfADeletedServiceDepartByItsLastRule() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80");
        table.serve(web);
        table.serve(web.connections(
                rules().onEndpointRemoval(new EndpointRemoval.Reset()).build()));
        assertThat(table.departures()).isEmpty();

        table.serve();

        assertThat(table.departures()).singleElement().satisfies(departure -> {
            assertThat(departure.rule()).isEqualTo(new EndpointRemoval.Reset());
            assertThat(departure.endpoints()).hasSize(2);
        });
    }

    @Test
    void endpointThatMovesToTheOtherListOfAServiceDoesNotDepart() {
        SampleServicePort web = servicePort("shop/web").nodePort(30080).externalLocal();
        table.serve(web.endpoints(endpoint("10.244.0.1:80").onNode("n1")));
        table.serve(web.endpoints(endpoint("10.244.0.1:80").onNode("n2")));

        assertThat(table.departures()).isEmpty();
    }

    @Test
    void removedEndpointIsKnownAsLongAsItHasConnections() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80");
        table.serve(web);
        EndpointTrack first = table.track("127.96.0.10:80");
        first.connectionBegan();

        table.serve(web.endpoints("10.244.0.2:80"));
        assertThat(table.onlyView().endpoints().get())
                .containsExactlyInAnyOrder(
                        new EndpointReading(Snapshots.socketAddress("10.244.0.1:80"), 1, false),
                        new EndpointReading(Snapshots.socketAddress("10.244.0.2:80"), 0, false));
        first.connectionEnded();
        assertThat(table.onlyView().endpoints().get()).hasSize(1);
    }

    @Test
    void endpointIsShownAsSetAsideOnlyWhileOthersWorkAndTheOwnerWantsIt() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80");
        table.serve(web);
        EndpointTrack first = table.track("127.96.0.10:80");
        EndpointTrack second = table.track("127.96.0.10:80");

        first.connectFailed(table.nanos(), table.nanos());
        assertThat(setAside()).containsExactly(first.address());
        table.serve(web.connections(rules().withoutSetAside().build()));
        assertThat(setAside()).isEmpty();
        table.serve(web.connections(rules().build()));
        assertThat(setAside()).containsExactly(first.address());
        second.connectFailed(table.nanos(), table.nanos());
        assertThat(setAside()).isEmpty();
    }

    @Test
    void endpointThatWasAwayComesBackWithAGoodName() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80");
        table.serve(web);
        EndpointTrack first = table.track("127.96.0.10:80");
        first.connectionBegan();
        first.connectFailed(table.nanos(), table.nanos());
        table.serve(web.endpoints("10.244.0.2:80"));
        table.serve(web.endpoints("10.244.0.1:80", "10.244.0.2:80"));

        assertThat(first.isGone()).isFalse();
        assertThat(setAside()).isEmpty();
    }

    private List<InetSocketAddress> setAside() {
        return table.onlyView().endpoints().get().stream()
                .filter(EndpointReading::setAside)
                .map(EndpointReading::address)
                .toList();
    }
}
