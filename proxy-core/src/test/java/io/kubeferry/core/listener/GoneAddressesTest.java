package io.kubeferry.core.listener;

import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.connection.ConnectionSettings;
import io.kubeferry.core.connection.Destination;
import io.kubeferry.core.model.ServicePort;
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
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connections to an address that goes: those that were under way by then are served. */
class GoneAddressesTest {
    private static final HostFacts HOST =
            new HostFacts(OfferedAt.LOOPBACK, Snapshots.addresses("127.0.0.1", "::1"), 0, true);

    private static final InetSocketAddress CLIENT = Snapshots.socketAddress("192.0.2.1:40000");

    private final ManualTicker ticker = new ManualTicker();
    private final RoutingPlanner planner = new RoutingPlanner(EndpointOrigin.API_SERVER);
    private final DestinationTable table = new DestinationTable(
            ConnectionSettings.of(Duration.ofSeconds(1), 3, Optional.empty()),
            new ConnectionBudget(100),
            new Random(1),
            ticker,
            Optional.empty());

    @Test
    void addressIsFoundForAsLongAsAHandshakeMayTake() {
        serve(servicePort("shop/web").endpoints("10.244.0.1:80"));
        serve();

        ticker.advance(DestinationTable.HANDSHAKE.minusNanos(1));
        serve();
        assertThat(endpointsOfWeb()).isEqualTo("10.244.0.1:80");

        ticker.advance(Duration.ofNanos(1));
        serve();
        assertThat(findWeb()).isNull();
    }

    @Test
    void addressThatComesBackStays() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80");
        serve(web);
        serve();
        serve(web);

        ticker.advance(DestinationTable.HANDSHAKE);
        serve(web, servicePort("shop/other").clusterIp("10.96.0.11", 80).endpoints("10.244.0.2:80"));

        assertThat(endpointsOfWeb()).isEqualTo("10.244.0.1:80");
    }

    @Test
    void addressThatComesBackForAnotherServiceIsForThatOne() {
        serve(servicePort("shop/web").endpoints("10.244.0.1:80"));
        serve();
        serve(servicePort("shop/newer").endpoints("10.244.0.2:80"));

        assertThat(endpointsOfWeb()).isEqualTo("10.244.0.2:80");
    }

    @Test
    void addressWithoutEndpointsSendsNobodyToThoseItHad() {
        SampleServicePort web = servicePort("shop/web").endpoints("10.244.0.1:80");
        serve(web);
        serve(web.withoutEndpoints());

        assertThat(endpointsOfWeb()).isEqualTo("null");
    }

    private void serve(SampleServicePort... samples) {
        List<ServicePort> servicePorts =
                Stream.of(samples).map(SampleServicePort::build).toList();
        table.update(planner.plan(Snapshots.snapshot(Snapshots.node("n1"), servicePorts), HOST));
    }

    private @Nullable Destination findWeb() {
        return table.find(Snapshots.socketAddress("127.96.0.10:80"), CLIENT);
    }

    private String endpointsOfWeb() {
        Destination web = findWeb();
        return web == null ? "nothing is served" : String.valueOf(web.picker().pick(CLIENT.getAddress(), List.of()));
    }
}
