package io.kubeferry.core.relay;

/** One way through a connection. */
public enum Direction {
    /** From the client to the endpoint. */
    TO_ENDPOINT,
    /** From the endpoint to the client. */
    TO_CLIENT;

    /** The other way. */
    public Direction opposite() {
        return this == TO_ENDPOINT ? TO_CLIENT : TO_ENDPOINT;
    }
}
