package io.kubeferry.core.routing;

import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import java.time.Instant;
import java.util.Comparator;

/**
 * Who claims an address and port, and with which right: the earlier {@linkplain ServiceAddressKind kind} first, then the
 * older Service, then the first by name. Immutable.
 *
 * @param purpose tells the two claims apart that a cluster IP makes
 */
record Claimant(ServiceAddressKind kind, Instant created, ServicePortKey servicePort, Purpose purpose)
        implements Comparable<Claimant> {
    /** What the address and port is claimed for. */
    enum Purpose {
        /** It is an address of the Service. */
        ADDRESS,
        /** It is where the cluster IP is offered on the loopback network. */
        PLACE
    }

    private static final Comparator<Claimant> ORDER = Comparator.comparing(Claimant::kind)
            .thenComparing(Claimant::created)
            .thenComparing(Claimant::servicePort)
            .thenComparing(Claimant::purpose);

    /** {@code servicePort} with an address of {@code kind}. */
    static Claimant of(ServicePort servicePort, ServiceAddressKind kind) {
        return new Claimant(kind, servicePort.created(), servicePort.key(), Purpose.ADDRESS);
    }

    /** The same service port for the place of its cluster IP. */
    Claimant forPlace() {
        return new Claimant(kind, created, servicePort, Purpose.PLACE);
    }

    @Override
    public int compareTo(Claimant other) {
        return ORDER.compare(this, other);
    }
}
