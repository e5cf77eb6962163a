package io.kubeferry.agent.options;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where Services, EndpointSlices and the Node come from. Immutable. */
public sealed interface SourceOptions {
    /**
     * A folder of manifests instead of a cluster.
     *
     * @param folder where the files are
     */
    record Manifests(Path folder) implements SourceOptions {}

    /**
     * An API server.
     *
     * @param kubeconfig the file to use; empty means {@code KUBECONFIG}, {@code ~/.kube/config}, or in-cluster
     * @param context the context of the kubeconfig; empty means its current one
     * @param master the server's URL, if it is to replace the kubeconfig's
     * @param namespaces the only namespaces to watch; empty means all, with cluster-wide rights
     */
    record ApiServer(Optional<Path> kubeconfig, Optional<String> context, Optional<URI> master, List<String> namespaces)
            implements SourceOptions {
        private static final Set<String> SCHEMES = Set.of("http", "https");
        private static final String LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";

        /** The API server that the environment names, all namespaces. */
        public static final ApiServer DEFAULT =
                new ApiServer(Optional.empty(), Optional.empty(), Optional.empty(), List.of());

        /** Checks that the server is a URL and that the namespaces can be names of such. */
        public ApiServer {
            namespaces = List.copyOf(namespaces);
            master.ifPresent(url -> {
                if (url.getScheme() == null || !SCHEMES.contains(url.getScheme()) || url.getHost() == null) {
                    throw invalidMaster(url.toString());
                }
            });
            for (String namespace : namespaces) {
                if (!namespace.matches(LABEL)) {
                    throw new InvalidOption("--namespace", namespace, "names of namespaces, separated by commas");
                }
            }
        }

        /** The URL that {@code text} spells, or an {@link InvalidOption}. */
        public static URI parseMaster(String text) {
            try {
                return new URI(text.trim());
            } catch (URISyntaxException notAUrl) {
                throw invalidMaster(text);
            }
        }

        private static InvalidOption invalidMaster(String text) {
            return new InvalidOption("--master", text, "a URL such as https://10.0.0.1:6443");
        }
    }
}
