package io.kubeferry.core.routing;

import io.kubeferry.core.model.IpCidr;
import java.net.InetAddress;
import java.util.Collection;

/**
 * Where a client is, as kube-proxy tells it from the source address: by {@code fib saddr type local} and by the
 * ClusterCIDR detector ({@code pkg/proxy/util/localdetector.go}).
 */
public enum ClientOrigin {
    /** This node itself: a process of the host, or a pod on the host's network. */
    NODE,
    /** Any pod whose address arrives unchanged, of this node or another. */
    POD,
    /** Everybody else. Without a known range of pod addresses, pods too. */
    OUTSIDE;

    /**
     * Where {@code client} is.
     *
     * @param ofHost the addresses of this host
     * @param podRanges {@code --cluster-cidr}; empty where it is not known
     */
    public static ClientOrigin of(InetAddress client, Collection<InetAddress> ofHost, Collection<IpCidr> podRanges) {
        if (client.isLoopbackAddress() || ofHost.contains(client)) {
            return NODE;
        }
        return podRanges.stream().anyMatch(range -> range.contains(client)) ? POD : OUTSIDE;
    }
}
