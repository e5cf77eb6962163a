package io.kubeferry.core.model;

import java.net.Inet4Address;
import java.net.InetAddress;

/** An IP family. Services and endpoints are proxied per family, as kube-proxy does. */
public enum IpFamily {
    IPV4("IPv4", 32),
    IPV6("IPv6", 128);

    private final String kubernetesName;
    private final int addressBits;

    IpFamily(String kubernetesName, int addressBits) {
        this.kubernetesName = kubernetesName;
        this.addressBits = addressBits;
    }

    /** The name the Kubernetes API uses: {@code IPv4} or {@code IPv6}. */
    public String kubernetesName() {
        return kubernetesName;
    }

    /** The length of an address in bits. */
    public int addressBits() {
        return addressBits;
    }

    /** The family of {@code address}. */
    public static IpFamily of(InetAddress address) {
        return address instanceof Inet4Address ? IPV4 : IPV6;
    }
}
