package io.kubeferry.agent;

import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.ServiceAddress;
import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.routing.ListenAddress;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.testing.Snapshots;
import org.junit.jupiter.api.Test;

class ServedLogTest {
    @Test
    void placeIsToldWhereItIsAnotherThanTheAddress() {
        assertThat(ServedLog.describe(routeAt("127.96.0.10")))
                .isEqualTo("ns/web:http ClusterIP 10.96.0.10:80 at 127.96.0.10:80");
        assertThat(ServedLog.describe(routeAt("10.96.0.10"))).isEqualTo("ns/web:http ClusterIP 10.96.0.10:80");
    }

    private static Route routeAt(String place) {
        ServicePort web = servicePort("ns/web:http")
                .clusterIp("10.96.0.10", 80)
                .endpoints("10.244.1.1:8080")
                .build();
        return new Route(
                new ListenAddress(Snapshots.address(place), 80),
                new ServiceAddress(ServiceAddressKind.CLUSTER_IP, Snapshots.address("10.96.0.10"), 80),
                web,
                TrafficPolicy.CLUSTER,
                web.endpoints());
    }
}
