package io.kubeferry.agent.http;

import java.time.Duration;

/**
 * What one connection may cost. Immutable.
 *
 * @param requestTime from the first byte of a request, or from the connection, to its last byte
 * @param answerTime from a complete request to the last byte of its answer
 * @param idleTime between an answer and the next request
 */
public record HttpLimits(
        int maxLineBytes,
        int maxHeaderBytes,
        int maxBodyBytes,
        Duration requestTime,
        Duration answerTime,
        Duration idleTime) {
    /** Small: nobody has a reason to send much here. */
    public static final HttpLimits DEFAULT = new HttpLimits(
            8 * 1024, 8 * 1024, 64 * 1024, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(90));
}
