package io.kubeferry.core.model;

import java.util.Comparator;

/** A service port in one IP family: what kube-proxy's proxier of that family would serve. */
public record ServicePortKey(ServicePortName name, IpFamily family) implements Comparable<ServicePortKey> {
    private static final Comparator<ServicePortKey> ORDER =
            Comparator.comparing(ServicePortKey::name).thenComparing(ServicePortKey::family);

    @Override
    public int compareTo(ServicePortKey other) {
        return ORDER.compare(this, other);
    }
}
