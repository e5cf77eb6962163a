package io.kubeferry.core.model;

import java.time.Instant;
import java.util.List;

/**
 * One port of one Service in one IP family, with all its endpoints.
 *
 * @param created when the Service was created: the older one wins an address that two claim
 * @param connections how its connections are made and ended
 * @param endpoints every endpoint of the port, usable or not, in {@link Endpoint#ORDER}
 */
public record ServicePort(
        ServicePortKey key,
        ServiceAddresses addresses,
        TrafficRules rules,
        ConnectionRules connections,
        Instant created,
        List<Endpoint> endpoints) {
    /** Freezes the list. */
    public ServicePort {
        endpoints = List.copyOf(endpoints);
    }

    /** The name of the service port. */
    public ServicePortName name() {
        return key.name();
    }

    /** The IP family of this entry. */
    public IpFamily family() {
        return key.family();
    }

    /** What metrics and the access log call the port: its name, or its number where it has none. */
    public String portLabel() {
        return name().port().isEmpty() ? Integer.toString(addresses.port()) : name().port();
    }
}
