package io.kubeferry.agent.watch.apiserver;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One or more kubeconfig files that are read as one: of two entries of a name the first counts, as in kubectl. Immutable.
 */
final class KubeconfigFiles {
    private final List<Config> configs;
    private final String words;

    private KubeconfigFiles(List<Config> configs, String words) {
        this.configs = configs;
        this.words = words;
    }

    static KubeconfigFiles read(List<Path> files) throws UnusableKubeconfigException {
        List<Config> configs = new ArrayList<>();
        for (Path file : files) {
            configs.add(read(file));
        }
        return new KubeconfigFiles(
                configs, files.stream().map(Path::toString).collect(Collectors.joining(", ", "kubeconfig ", "")));
    }

    private static Config read(Path file) throws UnusableKubeconfigException {
        String words = "kubeconfig " + file;
        if (!Files.exists(file)) {
            throw new UnusableKubeconfigException(words + " does not exist");
        }
        if (Files.isDirectory(file)) {
            throw new UnusableKubeconfigException(words + " is a folder (expected: a file)");
        }
        if (!Files.isReadable(file)) {
            throw new UnusableKubeconfigException(words + " cannot be read: permission denied");
        }
        try {
            if (Files.size(file) == 0) {
                throw new UnusableKubeconfigException(words + " is empty");
            }
            // Remembers the file in each entry, which relative paths in it are resolved against.
            return KubeConfigUtils.parseConfig(file.toAbsolutePath().toFile());
        } catch (java.io.IOException | RuntimeException e) {
            throw new UnusableKubeconfigException(words + " is no kubeconfig", e);
        }
    }

    /** The name of the context to use. */
    String contextName(Optional<String> chosen) throws UnusableKubeconfigException {
        Optional<String> name = chosen.or(() -> configs.stream()
                .map(Config::getCurrentContext)
                .filter(KubeconfigFiles::isSet)
                .findFirst());
        if (name.isEmpty()) {
            throw new UnusableKubeconfigException(
                    words + " has no current-context; choose one with --context (" + contextNames() + ")");
        }
        return name.get();
    }

    /** The user called for by the context, if it calls for one; fails if anything that the context needs is missing. */
    Optional<AuthInfo> check(String contextName) throws UnusableKubeconfigException {
        NamedContext context = contexts()
                .filter(candidate -> contextName.equals(candidate.getName()) && candidate.getContext() != null)
                .findFirst()
                .orElseThrow(() -> new UnusableKubeconfigException(
                        words + " has no context \"" + contextName + "\" (" + contextNames() + ")"));
        String clusterName = context.getContext().getCluster();
        if (!isSet(clusterName)) {
            throw new UnusableKubeconfigException("context \"" + contextName + "\" of " + words + " names no cluster");
        }
        Cluster cluster = configs.stream()
                .flatMap(config -> config.getClusters().stream())
                .filter(candidate -> clusterName.equals(candidate.getName()))
                .map(NamedCluster::getCluster)
                .findFirst()
                .orElseThrow(() -> missing(contextName, "cluster", clusterName));
        if (cluster == null || !isSet(cluster.getServer())) {
            throw new UnusableKubeconfigException("cluster \"" + clusterName + "\" of " + words + " has no server");
        }
        String userName = context.getContext().getUser();
        if (!isSet(userName)) {
            return Optional.empty();
        }
        NamedAuthInfo user = configs.stream()
                .flatMap(config -> config.getUsers().stream())
                .filter(candidate -> userName.equals(candidate.getName()))
                .findFirst()
                .orElseThrow(() -> missing(contextName, "user", userName));
        return Optional.ofNullable(user.getUser());
    }

    /** The client configuration of a context that {@link #check} found good. Runs its credential plugin, if it has one. */
    io.fabric8.kubernetes.client.Config merge(String contextName) throws UnusableKubeconfigException {
        io.fabric8.kubernetes.client.Config merged = io.fabric8.kubernetes.client.Config.empty();
        try {
            KubeConfigUtils.merge(merged, contextName, configs.toArray(Config[]::new));
        } catch (RuntimeException e) {
            throw new UnusableKubeconfigException("context \"" + contextName + "\" of " + words + " cannot be used", e);
        }
        return merged;
    }

    /** {@code kubeconfig FILE, FILE}. */
    @Override
    public String toString() {
        return words;
    }

    private UnusableKubeconfigException missing(String contextName, String kind, String name) {
        return new UnusableKubeconfigException(
                "context \"" + contextName + "\" names the " + kind + " \"" + name + "\", which " + words + " lacks");
    }

    private Stream<NamedContext> contexts() {
        return configs.stream().flatMap(config -> config.getContexts().stream());
    }

    private String contextNames() {
        TreeSet<String> names = contexts().map(NamedContext::getName).collect(Collectors.toCollection(TreeSet::new));
        return names.isEmpty() ? "it has none" : "it has: " + String.join(", ", names);
    }

    private static boolean isSet(@org.jspecify.annotations.Nullable String value) {
        return value != null && !value.isBlank();
    }
}
