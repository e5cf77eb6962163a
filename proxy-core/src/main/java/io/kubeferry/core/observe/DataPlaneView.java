package io.kubeferry.core.observe;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What exporters may read of the data plane. Thread-safe; every call answers with the state of that moment. */
public interface DataPlaneView {
    /** Every service port that is served now, in the order of its name. */
    List<ServicePortView> servicePorts();

    /** The number of addresses that should be listening and could not be bound. */
    int bindFailures();

    /** How often a listener stopped accepting for want of room. */
    long acceptPauses();

    /** How late event loops were with work that was due at a known time. */
    DurationHistogram.Reading eventLoopDelay();

    /**
     * One service port, over both IP families.
     *
     * @param usableCluster usable endpoints under the Cluster policy; empty where no address uses them
     * @param usableLocal usable endpoints under the Local policy; empty where no address uses them
     * @param affinityClients tells the number of clients remembered now; empty without session affinity
     * @param endpoints tells of the endpoints that may get connections or have some, in no order
     */
    record ServicePortView(
            ServicePortStats stats,
            OptionalInt usableCluster,
            OptionalInt usableLocal,
            Optional<LongSupplier> affinityClients,
            Supplier<List<EndpointReading>> endpoints) {}

    /**
     * One endpoint at one moment. Immutable.
     *
     * @param connections those it has, with those being made
     * @param setAside whether it gets no connections for a while because it could not be connected
     */
    record EndpointReading(InetSocketAddress address, int connections, boolean setAside) {}
}
