package io.kubeferry.agent.watch.apiserver;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the API server: {@code --kubeconfig}, then {@code KUBECONFIG}, then {@code ~/.kube/config}, then the service
 * account of the pod we run in. Immutable; reads files, and runs a credential plugin if the kubeconfig asks for one.
 *
 * <p>Nothing else has a say: fabric8's own way of configuring itself from many environment variables and system
 * properties is not used.
 */
public final class KubeconfigLoader {
    /** Where kubelet puts a pod's service account. */
    public static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private final Map<String, String> environment;
    private final Path home;
    private final Path serviceAccount;

    /**
     * A loader.
     *
     * @param environment the process's environment variables
     * @param home the user's home folder
     * @param serviceAccount {@link #SERVICE_ACCOUNT}
     */
    public KubeconfigLoader(Map<String, String> environment, Path home, Path serviceAccount) {
        this.environment = Map.copyOf(environment);
        this.home = home;
        this.serviceAccount = serviceAccount;
    }

    /** Looks where {@code choice} says, or else in the usual places. */
    public KubeconfigResult load(KubeconfigChoice choice) {
        try {
            List<Path> files = files(choice);
            ApiAccess access = files.isEmpty() ? withoutKubeconfig(choice) : fromFiles(files, choice);
            check(access.config());
            return new KubeconfigResult.Found(access);
        } catch (UnusableKubeconfigException e) {
            return new KubeconfigResult.Unusable(String.valueOf(e.getMessage()));
        }
    }

    private List<Path> files(KubeconfigChoice choice) throws UnusableKubeconfigException {
        if (choice.kubeconfig().isPresent()) {
            return List.of(choice.kubeconfig().get());
        }
        String variable = environment.getOrDefault("KUBECONFIG", "");
        if (!variable.isBlank()) {
            List<Path> existing = Arrays.stream(variable.split(Pattern.quote(File.pathSeparator), -1))
                    .filter(name -> !name.isBlank())
                    .map(Path::of)
                    .filter(Files::exists)
                    .toList();
            if (existing.isEmpty()) {
                throw new UnusableKubeconfigException("KUBECONFIG names no file that exists: " + variable);
            }
            return existing;
        }
        Path usual = home.resolve(".kube").resolve("config");
        return Files.exists(usual) ? List.of(usual) : List.of();
    }

    private static ApiAccess fromFiles(List<Path> paths, KubeconfigChoice choice) throws UnusableKubeconfigException {
        KubeconfigFiles files = KubeconfigFiles.read(paths);
        String contextName = files.contextName(choice.context());
        Optional<AuthInfo> user = files.check(contextName);
        Config config = files.merge(contextName);
        if (user.isPresent() && user.get().getExec() != null && !hasCredentials(config)) {
            throw new UnusableKubeconfigException("context \"" + contextName + "\" of " + files
                    + " cannot be used: the command \"" + user.get().getExec().getCommand() + "\" gave no credentials");
        }
        choice.master().ifPresent(config::setMasterUrl);
        config.setOauthTokenProvider(tokens(paths, contextName, user, config));
        TlsFiles tls =
                new TlsFiles(paths, config, () -> KubeconfigFiles.read(paths).merge(contextName));
        return new ApiAccess(config, tls, "context " + contextName + " of " + files);
    }

    private static boolean hasCredentials(Config config) {
        return config.getAutoOAuthToken() != null || config.getClientCertData() != null;
    }

    private static TokenSource tokens(List<Path> paths, String contextName, Optional<AuthInfo> user, Config config)
            throws UnusableKubeconfigException {
        Optional<String> tokenFile = user.map(AuthInfo::getTokenFile).filter(name -> !name.isBlank());
        if (tokenFile.isPresent()) {
            File owner = KubeConfigUtils.getFileWithNamedAuthInfo(config.getCurrentContext());
            return tokenFile(owner.toPath().resolveSibling(tokenFile.get()));
        }
        return new TokenSource(
                new TokenSource.Fetch() {
                    private boolean first = true;

                    @Override
                    public String fetch() throws UnusableKubeconfigException {
                        // The first one has just been read; a credential plugin may be slow or ask the user something.
                        Config current =
                                first ? config : KubeconfigFiles.read(paths).merge(contextName);
                        first = false;
                        return Optional.ofNullable(current.getAutoOAuthToken()).orElse("");
                    }
                },
                InstantSource.system());
    }

    private static TokenSource tokenFile(Path file) throws UnusableKubeconfigException {
        return new TokenSource(
                () -> {
                    try {
                        return Files.readString(file);
                    } catch (IOException e) {
                        throw new UnusableKubeconfigException("token file " + file + " cannot be read", e);
                    }
                },
                InstantSource.system());
    }

    private ApiAccess withoutKubeconfig(KubeconfigChoice choice) throws UnusableKubeconfigException {
        if (choice.context().isPresent()) {
            throw new UnusableKubeconfigException(
                    "--context " + choice.context().get()
                            + " needs a kubeconfig, and there is none: set --kubeconfig or KUBECONFIG");
        }
        Config config = Config.empty();
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
        Path token = serviceAccount.resolve("token");
        if (!host.isBlank() && !port.isBlank() && Files.exists(token)) {
            config.setMasterUrl("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
            config.setCaCertFile(serviceAccount.resolve("ca.crt").toString());
            config.setOauthTokenProvider(tokenFile(token));
            choice.master().ifPresent(config::setMasterUrl);
            return new ApiAccess(config, new TlsFiles(List.of(), config, () -> config), "the pod's service account");
        }
        if (choice.master().isPresent()) {
            config.setMasterUrl(choice.master().get());
            config.setOauthTokenProvider(() -> "");
            return new ApiAccess(
                    config, new TlsFiles(List.of(), config, () -> config), "--master, without credentials");
        }
        throw new UnusableKubeconfigException(
                "no API server is known: there is no " + home.resolve(".kube").resolve("config")
                        + " and we run in no pod; set --kubeconfig or KUBECONFIG, or use --manifests");
    }

    /** Finds at the start what else would come up as a failure of every request. */
    private static void check(Config config) throws UnusableKubeconfigException {
        String server = config.getMasterUrl();
        try {
            URI uri = new URI(server);
            if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
                throw new UnusableKubeconfigException(
                        "server of the API: \"" + server + "\" (expected: https://HOST:PORT)");
            }
        } catch (URISyntaxException e) {
            throw new UnusableKubeconfigException(
                    "server of the API: \"" + server + "\" (expected: https://HOST:PORT)");
        }
        try {
            SSLUtils.trustManagers(config);
        } catch (Exception e) {
            throw new UnusableKubeconfigException("the cluster's certificate authority cannot be used", e);
        }
        try {
            SSLUtils.keyManagers(config);
        } catch (Exception e) {
            throw new UnusableKubeconfigException("the user's client certificate or key cannot be used", e);
        }
    }
}
