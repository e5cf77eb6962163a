package io.kubeferry.agent.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A complete request. Immutable.
 *
 * @param path decoded, without the query
 * @param query decoded parameters; {@code ?verbose} is a parameter with an empty value
 * @param headers by lower-case name; of a repeated one, the first
 * @param localAddress the address of this host that the client connected to
 */
public record HttpCall(
        String method,
        String path,
        Map<String, List<String>> query,
        Map<String, String> headers,
        InetAddress localAddress) {
    /** Freezes the maps. */
    public HttpCall {
        query = Map.copyOf(query);
        headers = Map.copyOf(headers);
    }

    /** The first header of that name, in any case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
}
