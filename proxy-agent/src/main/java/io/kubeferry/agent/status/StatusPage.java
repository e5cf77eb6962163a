package io.kubeferry.agent.status;

import io.kubeferry.agent.http.HttpReply;
import io.kubeferry.agent.http.HttpResponder;
import io.kubeferry.agent.http.HttpRoute;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of the status page, from the jar. They are static; what they show comes from the API. A browser is told to
 * run nothing but them, to fetch from nowhere else, and to let no other page frame or read them.
 */
final class StatusPage {
    private static final String FOLDER = "page/";
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";
    private static final String IMAGE = "image/svg+xml";

    private static final Map<String, String> TYPES = Map.of(
            "index.html", HTML,
            "page.css", STYLE,
            "icon.svg", IMAGE,
            "app.js", SCRIPT,
            "dom.js", SCRIPT,
            "format.js", SCRIPT,
            "readings.js", SCRIPT,
            "overview.js", SCRIPT,
            "rows.js", SCRIPT,
            "detail.js", SCRIPT);

    private StatusPage() {}

    /** A route for each file; the page itself is at {@code /}. */
    static Map<String, HttpRoute> routes() {
        Map<String, HttpRoute> routes = new LinkedHashMap<>();
        TYPES.forEach((file, type) -> {
            // Read when asked for: a start need not wait for it, nor the heap hold it.
            HttpResponder responder = _ -> reply(type, content(file));
            routes.put(file.equals("index.html") ? "/" : "/" + file, HttpRoute.slow(responder));
        });
        return routes;
    }

    private static HttpReply reply(String type, byte[] content) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", type);
        headers.put("Content-Security-Policy", POLICY);
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        // Another version of the agent may answer the next time.
        headers.put("Cache-Control", "no-cache");
        return new HttpReply(200, headers, content);
    }

    private static byte[] content(String file) {
        try (InputStream resource = StatusPage.class.getResourceAsStream(FOLDER + file)) {
            if (resource == null) {
                throw new IllegalStateException("file of the status page: " + file + " (expected: in the jar)");
            }
            return resource.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
