package io.kubeferry.core.model;

/** How a service port's connections are spread over its endpoints. */
public enum Balance {
    /** Each endpoint in its turn. */
    ROUND_ROBIN,
    /** The one with fewer connections of two drawn at random. */
    LEAST_CONNECTIONS,
    /** One drawn at random. */
    RANDOM
}
