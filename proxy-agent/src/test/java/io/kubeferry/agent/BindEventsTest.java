package io.kubeferry.agent;

import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.sync.SyncObserver.Extent;
import io.kubeferry.agent.sync.SyncObserver.Run;
import io.kubeferry.core.listener.BindProblem;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServiceAddress;
import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.TrafficPolicy;
import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.routing.ListenAddress;
import io.kubeferry.core.routing.Route;
import io.kubeferry.core.testing.Snapshots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BindEventsTest {
    private final List<BindProblem> problems = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final BindEvents events = new BindEvents(
            "n1",
            () -> problems,
            (service, reason, action, note) -> told.add(service + " " + reason + " " + action + " " + note));

    @Test
    void ownerIsToldOnceWhatCannotBeBoundAndWhy() {
        problems.add(problem("10.244.1.1:80", SocketFailure.ADDRESS_IN_USE));
        sync();
        problems.set(0, problem("10.244.1.2:80", SocketFailure.ADDRESS_IN_USE)); // Other endpoints, same trouble.
        sync();
        assertThat(told)
                .singleElement()
                .asString()
                .contains("FailedToListen Listen node n1 cannot listen on 127.96.0.10:80 for ClusterIP 10.96.0.10:80:"
                        + " address already in use")
                .contains("ns", "web");
    }

    @Test
    void anotherReasonAndTroubleThatComesBackAreTold() {
        problems.add(problem("10.244.1.1:80", SocketFailure.ADDRESS_IN_USE));
        sync();
        problems.set(0, problem("10.244.1.1:80", SocketFailure.PERMISSION_DENIED));
        sync();
        problems.clear();
        sync();
        problems.add(problem("10.244.1.1:80", SocketFailure.PERMISSION_DENIED));
        sync();
        assertThat(told).hasSize(3);
    }

    private void sync() {
        NodeIdentity node = new NodeIdentity("n1", Optional.empty(), List.of());
        events.succeeded(new ProxySnapshot(1, node, Map.of()), new Run(Extent.FULL, Duration.ofMillis(1)), Map.of());
    }

    private static BindProblem problem(String endpoint, SocketFailure failure) {
        ServicePort web = servicePort("ns/web:http")
                .clusterIp("10.96.0.10", 80)
                .endpoints(endpoint)
                .build();
        return new BindProblem(
                new Route(
                        new ListenAddress(Snapshots.address("127.96.0.10"), 80),
                        new ServiceAddress(ServiceAddressKind.CLUSTER_IP, Snapshots.address("10.96.0.10"), 80),
                        web,
                        TrafficPolicy.CLUSTER,
                        web.endpoints()),
                failure);
    }
}
