package io.kubeferry.core.model;

/** The transport protocol of a service port. kubeferry carries TCP; the others are known in order to be named. */
public enum Protocol {
    TCP,
    UDP,
    SCTP
}
