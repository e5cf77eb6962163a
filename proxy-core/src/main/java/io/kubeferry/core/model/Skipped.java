package io.kubeferry.core.model;

/**
 * Something that is not served, or not as its owner wrote it, and why, in words for its owner.
 *
 * @param object kind and name: {@code Service ns/name}
 * @param port the port or address concerned; empty where the whole object is meant
 * @param reason one clause without a full stop: {@code headless}
 */
public record Skipped(String object, String port, String reason, Kind kind) {
    /** What the owner loses by it. */
    public enum Kind {
        /** Something gets no traffic. */
        NOT_SERVED,
        /** An annotation has no effect; the Service is served by the default. */
        ANNOTATION_IGNORED
    }

    /** Something that is not served. */
    public Skipped(String object, String port, String reason) {
        this(object, port, reason, Kind.NOT_SERVED);
    }

    /** One sentence for a log line. */
    @Override
    public String toString() {
        return port.isEmpty() ? object + ": " + reason : object + " port " + port + ": " + reason;
    }
}
