package io.kubeferry.core;

import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.UnixOperatingSystemMXBean;
import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.ServicePortStats;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.core.testing.Transports;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the data plane does when room, time or an address runs out, on every transport of this host. */
@ParameterizedClass
@MethodSource("transports")
class DataPlaneLimitsTest {
    private final DataPlaneRig rig;

    DataPlaneLimitsTest(TransportPreference transport) {
        this.rig = new DataPlaneRig(transport);
    }

    static Iterable<TransportPreference> transports() {
        return Transports.available();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void addressInUseIsReportedCountedAndTakenWhenFree() throws Exception {
        try (TestEndpoint works = TestEndpoint.saying("hello")) {
            try (ServerSocket rival = new ServerSocket()) {
                rival.bind(new InetSocketAddress(DataPlaneRig.PLACE, rig.port()));
                rig.apply(
                        rig.web().endpoints(works.address()),
                        servicePort("ns/other:http")
                                .clusterIp("10.111.7.10", rig.port())
                                .endpoints(works.address()));

                assertThat(rig.dataPlane().bindProblems())
                        .singleElement()
                        .asString()
                        .contains("ns/web:http", DataPlaneRig.PLACE + ":" + rig.port(), "address already in use");
                assertThat(rig.dataPlane().bindFailures()).isEqualTo(1);
                assertThat(DataPlaneRig.ask("127.111.7.10", rig.port(), "")).isEqualTo("hello");
            }
            Await.until(() -> rig.dataPlane().bindFailures() == 0);
            assertThat(rig.ask("")).isEqualTo("hello");
        }
    }

    @Test
    void manyShortConnectionsLeaveNoDescriptorBehind() throws Exception {
        try (TestEndpoint works = TestEndpoint.answering("ok ")) {
            rig.apply(rig.web().endpoints(works.address()));
            assertThat(rig.ask("warm up")).isEqualTo("ok warm up");
            Await.until(() -> rig.dataPlane().activeConnections() == 0);
            long before = openDescriptors();
            for (int i = 0; i < 2_000; i++) {
                assertThat(rig.ask("x")).isEqualTo("ok x");
            }
            Await.until(() -> rig.dataPlane().activeConnections() == 0 && openDescriptors() <= before + 5);
        }
    }

    @Test
    void acceptingPausesAndIsCountedWhenTheBudgetIsUsedUp() throws Exception {
        rig.restart(Duration.ofSeconds(1), Optional.empty(), 0); // The least there is: eight connections.
        try (TestEndpoint echo = TestEndpoint.echoing()) {
            rig.apply(
                    rig.web().endpoints(echo.address()),
                    servicePort("ns/other:http")
                            .clusterIp("10.111.7.10", rig.port())
                            .endpoints(echo.address()));
            assertThat(rig.dataPlane().acceptPauses()).isZero();
            List<Socket> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(rig.connect());
                all.add(new Socket("127.111.7.10", rig.port()));
            }
            // A listener may accept one more before the loops have counted the last ones.
            Await.until(() -> rig.dataPlane().acceptPauses() > 0 || !all.add(rig.connect()));
            for (Socket served : all) {
                served.close();
            }
        }
    }

    @Test
    void everyLoopTellsItsDelayOnceASecond() throws Exception {
        Await.until(() -> rig.dataPlane().eventLoopDelay().count() >= 2);
        assertThat(rig.dataPlane().eventLoopDelay().sumNanos()).isPositive();
    }

    @Test
    void silentConnectionEndsAfterTheIdleTimeout() throws Exception {
        rig.restart(Duration.ofSeconds(1), Optional.of(Duration.ofMillis(200)), 20_000);
        try (TestEndpoint silent = TestEndpoint.silent()) {
            rig.apply(rig.web().endpoints(silent.address()));
            try (Socket client = rig.connect()) {
                assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
            }
            assertThat(rig.stats().ended(CloseReason.IDLE_TIMEOUT)).isEqualTo(1);
        }
    }

    @Test
    void oneServicePortGetsAtMostHalfOfTheConnectionBudget() throws Exception {
        rig.restart(Duration.ofSeconds(1), Optional.empty(), 0); // The least there is: eight connections.
        try (TestEndpoint echo = TestEndpoint.echoing()) {
            rig.apply(
                    rig.web().endpoints(echo.address()),
                    servicePort("ns/other:http")
                            .clusterIp("10.111.7.10", rig.port())
                            .endpoints(echo.address()));
            List<Socket> allowed = List.of(rig.connect(), rig.connect(), rig.connect(), rig.connect());
            for (Socket served : allowed) {
                assertThat(DataPlaneRig.exchange(served, "in")).isEqualTo("in");
            }
            try (Socket tooMany = rig.connect();
                    Socket ofTheOther = new Socket("127.111.7.10", rig.port())) {
                assertThatThrownBy(() -> tooMany.getInputStream().read()).hasMessageContaining("reset");
                assertThat(DataPlaneRig.exchange(ofTheOther, "in")).isEqualTo("in");
                assertThat(rig.stats().ended(CloseReason.CONNECTION_LIMIT)).isEqualTo(1);
            }
            for (Socket served : allowed) {
                served.close();
            }
        }
    }

    @Test
    void drainingRefusesNewConnectionsAndLetsOldOnesFinish() throws Exception {
        try (TestEndpoint echo = TestEndpoint.echoing()) {
            rig.apply(rig.web().endpoints(echo.address()));
            try (Socket client = rig.connect()) {
                assertThat(DataPlaneRig.exchange(client, "before")).isEqualTo("before");
                Thread draining = Thread.ofVirtual().start(() -> rig.dataPlane().drain(Duration.ofMinutes(1)));
                Await.until(rig::isRefused);

                assertThat(DataPlaneRig.exchange(client, "still")).isEqualTo("still");
                client.shutdownOutput();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
                draining.join();
                assertThat(rig.dataPlane().activeConnections()).isZero();
            }
        }
    }

    @Test
    void connectionsLeftAtTheDrainDeadlineAreReset() throws Exception {
        try (TestEndpoint echo = TestEndpoint.echoing()) {
            rig.apply(rig.web().endpoints(echo.address()));
            ServicePortStats stats = rig.stats();
            try (Socket client = rig.connect()) {
                assertThat(DataPlaneRig.exchange(client, "before")).isEqualTo("before");
                assertThat(rig.dataPlane().drain(Duration.ofMillis(50))).isEqualTo(1);

                assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
                assertThat(stats.ended(CloseReason.DRAIN_DEADLINE)).isEqualTo(1);
            }
        }
    }

    private static long openDescriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }
}
