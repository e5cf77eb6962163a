package io.kubeferry.core.model;

import java.util.Comparator;

/**
 * The identity of a service port, as kube-proxy has it ({@code pkg/proxy/types.go}): Service, port name and protocol,
 * never the port's number.
 *
 * @param port the port's name; empty where the Service's only port has none
 */
public record ServicePortName(String namespace, String service, String port, Protocol protocol)
        implements Comparable<ServicePortName> {
    private static final Comparator<ServicePortName> ORDER = Comparator.comparing(ServicePortName::namespace)
            .thenComparing(ServicePortName::service)
            .thenComparing(ServicePortName::port)
            .thenComparing(ServicePortName::protocol);

    @Override
    public int compareTo(ServicePortName other) {
        return ORDER.compare(this, other);
    }

    /** {@code namespace/name} of the Service. */
    public String qualifiedService() {
        return namespace + "/" + service;
    }

    /** {@code namespace/name:port}, or {@code namespace/name} for an unnamed port. */
    @Override
    public String toString() {
        return port.isEmpty() ? qualifiedService() : qualifiedService() + ":" + port;
    }
}
