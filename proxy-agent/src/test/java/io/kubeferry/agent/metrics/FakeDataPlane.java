package io.kubeferry.agent.metrics;

import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.observe.DataPlaneView;
import io.kubeferry.core.observe.DurationHistogram;
import io.kubeferry.core.observe.ServicePortStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A data plane that serves what it is told. */
final class FakeDataPlane implements DataPlaneView {
    final List<ServicePortView> servicePorts = new ArrayList<>();
    final List<EndpointReading> endpoints = new ArrayList<>();
    int bindFailures;
    long acceptPauses;
    final DurationHistogram eventLoopDelay = new DurationHistogram(Duration.ofMillis(1));

    ServicePortStats serve(String service, String port) {
        ServicePortStats stats = new ServicePortStats(new ServicePortName("shop", service, port, Protocol.TCP), port);
        servicePorts.add(new ServicePortView(
                stats, OptionalInt.of(3), OptionalInt.empty(), Optional.of(() -> 12), () -> endpoints));
        return stats;
    }

    @Override
    public List<ServicePortView> servicePorts() {
        return servicePorts;
    }

    @Override
    public int bindFailures() {
        return bindFailures;
    }

    @Override
    public long acceptPauses() {
        return acceptPauses;
    }

    @Override
    public DurationHistogram.Reading eventLoopDelay() {
        return eventLoopDelay.read();
    }
}
