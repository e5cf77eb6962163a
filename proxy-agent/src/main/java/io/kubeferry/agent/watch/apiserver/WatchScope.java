package io.kubeferry.agent.watch.apiserver;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What of the cluster is watched. Immutable.
 *
 * @param nodeName the own node
 * @param namespaces {@code --namespace}: only these, with rights in them alone; empty means all
 * @param serviceProxyName {@code --service-proxy-name}: only Services that carry this name; without it, only Services
 *     that carry none
 */
public record WatchScope(String nodeName, SortedSet<String> namespaces, Optional<String> serviceProxyName) {
    private static final String SERVICE_PROXY_NAME = "service.kubernetes.io/service-proxy-name";

    /** Freezes the set. */
    public WatchScope {
        namespaces = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(namespaces));
    }

    /** The label selector of Services (kube-proxy: cmd/kube-proxy/app/server.go). */
    String serviceLabels() {
        return serviceProxyName.map(name -> SERVICE_PROXY_NAME + "=" + name).orElse("!" + SERVICE_PROXY_NAME);
    }

    /** The label selector of EndpointSlices. */
    String sliceLabels() {
        return "!service.kubernetes.io/headless";
    }
}
