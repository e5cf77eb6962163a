package io.kubeferry.agent.http;

import java.util.Map;
import java.util.Optional;

/**
 * What a server answers. Immutable.
 *
 * @param byPath by the exact path
 * @param otherwise for every other path; a 404 where there is none
 */
public record HttpRoutes(Map<String, HttpRoute> byPath, Optional<HttpRoute> otherwise) {
    /** Freezes the map. */
    public HttpRoutes {
        byPath = Map.copyOf(byPath);
    }

    /** These paths and no other. */
    public static HttpRoutes of(Map<String, HttpRoute> byPath) {
        return new HttpRoutes(byPath, Optional.empty());
    }

    /** The same answer whatever the path. */
    public static HttpRoutes everyPath(HttpRoute route) {
        return new HttpRoutes(Map.of(), Optional.of(route));
    }

    Optional<HttpRoute> find(String path) {
        return Optional.ofNullable(byPath.get(path)).or(() -> otherwise);
    }
}
