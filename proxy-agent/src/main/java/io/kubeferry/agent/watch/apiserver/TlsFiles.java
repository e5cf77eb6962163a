package io.kubeferry.agent.watch.apiserver;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that prove to the API server who we are, and to us who it is. The kubelet renews its client certificate, and
 * administrators renew those in a kubeconfig, while this process runs. While what was renewed cannot be read, the last that
 * could stays in use. Thread-safe.
 */
final class TlsFiles {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

    /** Where certificates and keys are read. */
    interface Read {
        /** A configuration that has them, or names their files. */
        Config read() throws UnusableKubeconfigException;
    }

    /**
     * What was read.
     *
     * @param number grows each time
     * @param context empty for what the client was made of at the start
     */
    record Generation(int number, Optional<SSLContext> context) {}

    private final List<Path> files;
    private final Read read;
    private Map<Path, String> known;
    private Generation generation = new Generation(0, Optional.empty());
    private @Nullable String problem;

    /** The files that {@code config}, which {@code read} gives again, names, and {@code origins}, where it was read. */
    TlsFiles(List<Path> origins, Config config, Read read) {
        this.files = Stream.concat(
                        origins.stream(),
                        Stream.of(config.getCaCertFile(), config.getClientCertFile(), config.getClientKeyFile())
                                .filter(name -> name != null && !name.isBlank())
                                .map(Path::of))
                .toList();
        this.read = read;
        this.known = stamps();
    }

    /** The newest that could be read. Looks at the files. */
    synchronized Generation newest() {
        Map<Path, String> now = stamps();
        if (!now.equals(known)) {
            try {
                Config config = read.read();
                SSLContext context = SSLUtils.sslContext(SSLUtils.keyManagers(config), SSLUtils.trustManagers(config));
                generation = new Generation(generation.number() + 1, Optional.of(context));
                known = now;
                problem = null;
                LOG.info("certificates for the API server were read again, as their files were renewed: {}", files);
            } catch (UnusableKubeconfigException | GeneralSecurityException | IOException | RuntimeException e) {
                tell(String.valueOf(e.getMessage()));
            }
        }
        return generation;
    }

    private void tell(String reason) {
        if (!reason.equals(problem)) {
            problem = reason;
            LOG.warn(
                    "certificates for the API server cannot be renewed from {}, the last ones stay in use: {}",
                    files,
                    reason);
        }
    }

    /** What tells a file that was written anew, or that a link now points to, from the one before. */
    private Map<Path, String> stamps() {
        Map<Path, String> stamps = new TreeMap<>();
        for (Path file : files) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                stamps.put(file, attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey());
            } catch (IOException gone) {
                stamps.put(file, "gone");
            }
        }
        return stamps;
    }
}
