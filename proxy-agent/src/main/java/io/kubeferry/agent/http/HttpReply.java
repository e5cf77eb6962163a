package io.kubeferry.agent.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * An answer. {@code Content-Length} and {@code Connection} are added by the server.
 *
 * @param headers in the order they are sent
 * @param body not changed after it was handed over
 */
@SuppressWarnings("ArrayRecordComponent") // Written once by the responder, handed to the server, never compared.
public record HttpReply(int status, Map<String, String> headers, byte[] body) {
    /** Freezes the headers. */
    public HttpReply {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** Plain text, as it is. */
    public static HttpReply text(int status, String body) {
        return of(status, "text/plain; charset=utf-8", body);
    }

    /** JSON, as it is. */
    public static HttpReply json(int status, String body) {
        return of(status, "application/json", body);
    }

    /** Text of any type. */
    public static HttpReply of(int status, String contentType, String body) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", contentType);
        headers.put("X-Content-Type-Options", "nosniff");
        return new HttpReply(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    /** The same in fewer bytes, where the client takes gzip. */
    public HttpReply gzippedFor(HttpCall call) {
        boolean accepted = call.header("accept-encoding")
                .filter(encodings -> encodings.contains("gzip"))
                .isPresent();
        if (!accepted) {
            return this;
        }
        ByteArrayOutputStream smaller = new ByteArrayOutputStream();
        try (GZIPOutputStream output = new GZIPOutputStream(smaller, 8192)) {
            output.write(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new HttpReply(status, headers, smaller.toByteArray()).with("Content-Encoding", "gzip");
    }

    /** The same with one more header. */
    public HttpReply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new HttpReply(status, more, body);
    }
}
