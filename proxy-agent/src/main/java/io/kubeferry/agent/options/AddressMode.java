package io.kubeferry.agent.options;

/** How connections to Service addresses reach this process. */
public enum AddressMode {
    /** Capture where this host is the node and the right to do so is there, else loopback. */
    AUTO,
    /** Take the Service addresses themselves. Linux with CAP_NET_ADMIN only. */
    CAPTURE,
    /** Listen on loopback addresses that stand for the Service addresses. Needs no privilege. */
    LOOPBACK
}
