package io.kubeferry.core.routing;

/** Where endpoints come from, which decides how far they are trusted. */
public enum EndpointOrigin {
    /** Anyone with rights in one namespace can write them: they must not point at this host's own daemons. */
    API_SERVER,
    /** Written by whoever runs this process, who may mean a daemon on loopback. */
    MANIFESTS
}
