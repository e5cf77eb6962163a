package io.kubeferry.agent.watch.apiserver;

import io.fabric8.kubernetes.client.Config;

/** Where the API server is and how we prove who we are. Immutable, and opaque outside this package. */
public final class ApiAccess {
    private final Config config;
    private final TlsFiles tls;
    private final String origin;

    ApiAccess(Config config, TlsFiles tls, String origin) {
        this.config = config;
        this.tls = tls;
        this.origin = origin;
    }

    /** The server's URL. */
    public String server() {
        return config.getMasterUrl();
    }

    /** What this was taken from, for the log: {@code context kind of kubeconfig FILE}, {@code the pod's service account}. */
    public String origin() {
        return origin;
    }

    Config config() {
        return config;
    }

    TlsFiles tls() {
        return tls;
    }
}
