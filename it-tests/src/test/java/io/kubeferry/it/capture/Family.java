package io.kubeferry.it.capture;

/** The IP families that everything is tried with. */
public enum Family {
    IPV4,
    IPV6
}
