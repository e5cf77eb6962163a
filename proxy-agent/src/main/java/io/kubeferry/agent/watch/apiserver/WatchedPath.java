package io.kubeferry.agent.watch.apiserver;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a request to the API asks for, read from its URL. Immutable.
 *
 * @param verb list or watch
 * @param resource services, endpointslices or nodes
 * @param namespace empty for all of the cluster
 */
record WatchedPath(String verb, String resource, Optional<String> namespace) {
    private static final List<String> RESOURCES = List.of("services", "endpointslices", "nodes");

    /** Reads {@code uri}; empty if it is none of those that we watch with. */
    static Optional<WatchedPath> of(URI uri) {
        // The server's own URL may have a path, so only the end counts.
        List<String> segments = Arrays.asList(String.valueOf(uri.getPath()).split("/"));
        String resource = segments.isEmpty() ? "" : segments.getLast();
        if (!RESOURCES.contains(resource)) {
            return Optional.empty();
        }
        int namespaces = segments.size() - 3;
        Optional<String> namespace = namespaces >= 0 && segments.get(namespaces).equals("namespaces")
                ? Optional.of(segments.get(namespaces + 1))
                : Optional.empty();
        String query = String.valueOf(uri.getQuery());
        return Optional.of(new WatchedPath(query.contains("watch=true") ? "watch" : "list", resource, namespace));
    }

    /** {@code list services in namespace shop}. */
    @Override
    public String toString() {
        return verb + " " + resource
                + namespace.map(name -> " in namespace " + name).orElse("");
    }
}
