package io.kubeferry.agent.watch.apiserver;

import io.kubeferry.agent.translate.WatchFilter;
import java.util.Collections;
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
 * @param serviceRanges whether the ranges of cluster IPs are of interest
 */
public record WatchScope(
        String nodeName, SortedSet<String> namespaces, Optional<String> serviceProxyName, boolean serviceRanges) {
    /** Freezes the set. */
    public WatchScope {
        namespaces = Collections.unmodifiableSortedSet(new TreeSet<>(namespaces));
    }

    /** The ranges of cluster IPs are of no interest. */
    public WatchScope(String nodeName, SortedSet<String> namespaces, Optional<String> serviceProxyName) {
        this(nodeName, namespaces, serviceProxyName, false);
    }

    /** The label selector of Services (kube-proxy: cmd/kube-proxy/app/server.go). */
    String serviceLabels() {
        return serviceProxyName
                .map(name -> WatchFilter.SERVICE_PROXY_NAME_LABEL + "=" + name)
                .orElse("!" + WatchFilter.SERVICE_PROXY_NAME_LABEL);
    }

    /** The label selector of EndpointSlices. */
    String sliceLabels() {
        return "!" + WatchFilter.HEADLESS_LABEL;
    }
}
