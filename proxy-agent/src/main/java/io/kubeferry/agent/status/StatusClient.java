package io.kubeferry.agent.status;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeferry.core.model.IpAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Asks an agent for what it serves. Immutable. */
public final class StatusClient {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final InetSocketAddress address;

    /** Asks the agent at {@code address}; a wildcard means this host. */
    public StatusClient(InetSocketAddress address) {
        this.address = address.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort())
                : address;
    }

    /** What is served, as {@code GET /api/v1/services} tells it. */
    public JsonNode services() throws IOException, InterruptedException {
        return get("");
    }

    /** All about the Services called {@code service}: {@code NAMESPACE/NAME}, or a name in any namespace. */
    public JsonNode service(String service) throws IOException, InterruptedException {
        int slash = service.indexOf('/');
        String namespace = slash < 0 ? "" : "namespace=" + encoded(service.substring(0, slash)) + "&";
        return get("?" + namespace + "service=" + encoded(service.substring(slash + 1)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private JsonNode get(String query) throws IOException, InterruptedException {
        URI uri = URI.create("http://" + place() + StatusRoutes.SERVICES + query);
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException("HTTP status " + response.statusCode());
            }
            return JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build()
                    .readTree(response.body());
        }
    }

    /** The address that is asked. */
    public String place() {
        return IpAddresses.format(address.getAddress(), address.getPort());
    }
}
