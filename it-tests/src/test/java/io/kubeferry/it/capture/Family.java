package io.kubeferry.it.capture;

/** The IP families that everything is tried with. */
enum Family {
    IPV4,
    IPV6
}
