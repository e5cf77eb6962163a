package io.kubeferry.core.routing;

/** Where on this host Service addresses are offered. */
public enum OfferedAt {
    /** At places on loopback that stand for the cluster IPs, and at node ports. Needs no privilege. */
    LOOPBACK,
    /** At the Service addresses themselves, of every kind. The host must steer their connections here. */
    OWN_ADDRESSES
}
