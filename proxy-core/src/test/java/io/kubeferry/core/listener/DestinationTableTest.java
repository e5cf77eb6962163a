package io.kubeferry.core.listener;

import static io.kubeferry.core.testing.SampleEndpoint.endpoint;
import static io.kubeferry.core.testing.SampleRules.rules;
import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.connection.Destination;
import io.kubeferry.core.model.Balance;
import io.kubeferry.core.model.RememberedClient;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.testing.SampleServicePort;
import io.kubeferry.core.testing.Snapshots;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which places are served, and where connections to them go. */
class DestinationTableTest {
    private final TableRig table = new TableRig();

    @Test
    void servedAddressesAreFoundAndOthersAreNot() {
        table.serve(servicePort("shop/web").nodePort(30080).endpoints("10.244.0.5:80"));

        assertThat(table.offered("127.96.0.10:80")).isNotNull();
        assertThat(table.offered("127.0.0.1:30080")).isNotNull();
        assertThat(table.offered("127.96.0.10:81")).isNull();
        assertThat(table.offered("127.0.0.1:80")).isNull();
    }

    @Test
    void addressWithoutEndpointsIsNotFound() {
        table.serve(servicePort("shop/web").nodePort(30080).externalLocal().endpoints("10.244.0.5:80"));

        assertThat(table.offered("127.96.0.10:80")).isNotNull();
        assertThat(table.offered("127.0.0.1:30080")).isNull();
    }

    @Test
    void addressThatLosesItsEndpointsSendsNobodyToThem() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.5:80");
        table.serve(web);
        table.serve(web.withoutEndpoints());

        assertThat(table.pick("127.96.0.10:80")).isEqualTo("null");
    }

    @Test
    void addressesOfOneServicePortTakeTurnsTogether() {
        table.serve(
                servicePort("shop/web").nodePort(30080).endpoints("10.244.0.1:80", "10.244.0.2:80", "10.244.0.3:80"));

        List<String> picks = Stream.of("127.96.0.10:80", "127.0.0.1:30080", "127.96.0.10:80")
                .map(table::pick)
                .toList();

        assertThat(picks).doesNotHaveDuplicates();
    }

    @Test
    void addressesUnderAnotherPolicyTakeTurnsOfTheirOwn() {
        table.serve(servicePort("shop/web")
                .nodePort(30080)
                .externalLocal()
                .endpoints(
                        endpoint("10.244.0.1:80").onNode("n1"),
                        endpoint("10.244.0.2:80").onNode("n2")));

        String before = table.pick("127.96.0.10:80");
        assertThat(Stream.generate(() -> table.pick("127.0.0.1:30080")).limit(3))
                .containsOnly("10.244.0.1:80");
        assertThat(table.pick("127.96.0.10:80")).isNotEqualTo(before);
    }

    @Test
    void turnsGoOnWhereTheyWereWhenThePlanChanges() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80", "10.244.0.3:80");
        table.serve(web);
        assertThat(table.pick("127.96.0.10:80")).isEqualTo("10.244.0.1:80");

        table.serve(web, servicePort("shop/other").clusterIp("10.96.0.11", 80).endpoints("10.244.0.9:80"));
        assertThat(table.pick("127.96.0.10:80")).isEqualTo("10.244.0.2:80");

        table.serve(web.endpoints("10.244.0.2:80", "10.244.0.3:80", "10.244.0.4:80"));
        assertThat(table.pick("127.96.0.10:80")).isEqualTo("10.244.0.3:80");
        assertThat(table.pick("127.96.0.10:80")).isEqualTo("10.244.0.4:80");
    }

    @Test
    void destinationInUseFollowsTheEndpointsOfLaterPlans() {
        table.serve(servicePort("shop/web").endpoints("10.244.0.1:80"));
        Destination inUse = table.find("127.96.0.10:80");

        table.serve(servicePort("shop/web").endpoints("10.244.0.2:80"));

        assertThat(inUse.picker().pick(Snapshots.address("192.0.2.1"), List.of()))
                .hasToString("10.244.0.2:80");
    }

    @Test
    void familiesOfOneServicePortAreCountedTogetherAndTakeTurnsApart() {
        table.serve(
                servicePort("shop/web").nodePort(30080).endpoints("10.244.0.1:80", "10.244.0.2:80"),
                servicePort("shop/web")
                        .nodePort(30080)
                        .clusterIp("fd00::10", 80)
                        .endpoints("[fd00:1::1]:80"));

        assertThat(table.find("127.0.0.1:30080").stats())
                .isSameAs(table.find("[::1]:30080").stats());
        assertThat(table.onlyView().usableCluster()).hasValue(3);
        assertThat(Stream.generate(() -> table.pick("[::1]:30080")).limit(3)).containsOnly("[fd00:1::1]:80");
    }

    @Test
    void clientsOfAnotherProcessGoOnAtTheirEndpointsWhileTheseAreThere() {
        SampleServicePort web = servicePort("shop/web")
                .clientIpAffinity(Duration.ofHours(3))
                .endpoints("10.244.0.1:80", "10.244.0.2:80", "10.244.0.3:80");
        ServicePortKey key = web.build().key();
        RememberedClient client = new RememberedClient(
                TableRig.CLIENT.getAddress(), Snapshots.address("10.244.0.3"), 80, Duration.ofMinutes(1));
        table.table().takeOver(Map.of(key, List.of(client)));
        table.serve(web);

        assertThat(table.table().rememberedClients()).isEqualTo(Map.of(key, List.of(client)));
        assertThat(table.pick("127.96.0.10:80")).isEqualTo("10.244.0.3:80");
        table.serve(web.endpoints("10.244.0.1:80"));
        assertThat(table.pick("127.96.0.10:80")).isEqualTo("10.244.0.1:80");
    }

    @Test
    void whatAnotherProcessLeftCountsForTheNextPlanOnly() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80", "10.244.0.3:80");
        ServicePortKey key = web.build().key();
        table.table()
                .takeOver(Map.of(
                        key,
                        List.of(new RememberedClient(
                                TableRig.CLIENT.getAddress(),
                                Snapshots.address("10.244.0.3"),
                                80,
                                Duration.ofMinutes(1)))));
        table.serve(web);
        table.serve(web.clientIpAffinity(Duration.ofHours(3)));

        assertThat(table.pick("127.96.0.10:80")).isEqualTo("10.244.0.1:80");
    }

    @Test
    void anotherBalanceHoldsFromTheNextConnectionOn() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80", "10.244.0.2:80");
        table.serve(web);
        table.track("127.96.0.10:80").connectionBegan();

        table.serve(web.connections(rules().balance(Balance.LEAST_CONNECTIONS).build()));
        assertThat(Stream.generate(() -> table.pick("127.96.0.10:80")).limit(20))
                .containsOnly("10.244.0.2:80");
        table.serve(web.connections(rules().build()));
        assertThat(Stream.generate(() -> table.pick("127.96.0.10:80")).limit(2))
                .containsExactly("10.244.0.1:80", "10.244.0.2:80");
    }
}
