package io.kubeferry.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.DataPlaneView.ServicePortView;
import io.kubeferry.core.observe.ServicePortStats;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnfinishedConnectionsTest {
    @Test
    void servicePortsWithTheMostComeFirstAndThoseWithoutAnyAreNotNamed() {
        assertThat(UnfinishedConnections.of(List.of(servicePort("a", 1), servicePort("none", 0), servicePort("b", 7))))
                .isEqualTo("it/b:http=7, it/a:http=1");
    }

    @Test
    void ofManyTenAreNamed() {
        List<ServicePortView> many = IntStream.rangeClosed(1, 11)
                .mapToObj(number -> servicePort("s" + number, number))
                .toList();
        assertThat(UnfinishedConnections.of(many))
                .startsWith("it/s11:http=11, ")
                .endsWith("it/s2:http=2, …");
    }

    private static ServicePortView servicePort(String service, int unfinished) {
        ServicePortStats stats = new ServicePortStats(new ServicePortName("it", service, "http", Protocol.TCP), "http");
        stats.connectionEnded(CloseReason.COMPLETED, 1);
        for (int i = 0; i < unfinished; i++) {
            stats.connectionEnded(CloseReason.DRAIN_DEADLINE, 1);
        }
        return new ServicePortView(stats, OptionalInt.empty(), OptionalInt.empty(), Optional.empty(), List::of);
    }
}
