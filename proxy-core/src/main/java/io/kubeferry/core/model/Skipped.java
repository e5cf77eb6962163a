package io.kubeferry.core.model;

/**
 * Something that is not served, and why, in words for its owner.
 *
 * @param object kind and name: {@code Service ns/name}
 * @param port the port or address concerned; empty where the whole object is meant
 * @param reason one clause without a full stop: {@code headless}
 */
public record Skipped(String object, String port, String reason) {
    /** One sentence for a log line. */
    @Override
    public String toString() {
        return port.isEmpty() ? object + ": " + reason : object + " port " + port + ": " + reason;
    }
}
