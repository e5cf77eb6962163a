package io.kubeferry.agent.options;

import java.util.Optional;

/**
 * All that the agent is told. Immutable.
 *
 * @param source where the cluster's state comes from
 * @param node which node this process serves
 * @param services which Services are served
 * @param addresses where they are offered
 * @param connections how connections are made and ended
 * @param transport how bytes get in and out of the kernel
 * @param http where kubeferry answers questions about itself
 * @param sync how often changes are applied
 * @param accessLog the log of connections; empty means none
 * @param handOver how it takes over from another process
 * @param kubeProxyConfig the same as kube-proxy would have it, for those who ask for kube-proxy's configuration
 */
public record AgentOptions(
        SourceOptions source,
        NodeOptions node,
        ServiceOptions services,
        AddressOptions addresses,
        ConnectionOptions connections,
        TransportOptions transport,
        HttpOptions http,
        SyncOptions sync,
        Optional<AccessLogOptions> accessLog,
        HandOverOptions handOver,
        KubeProxyConfig kubeProxyConfig) {
    /** The defaults for a node and a source. */
    public static AgentOptions defaultsFor(SourceOptions source, NodeOptions node) {
        return new AgentOptions(
                source,
                node,
                ServiceOptions.DEFAULT,
                AddressOptions.DEFAULT,
                ConnectionOptions.DEFAULT,
                TransportOptions.DEFAULT,
                HttpOptions.DEFAULT,
                SyncOptions.DEFAULT,
                Optional.empty(),
                HandOverOptions.DEFAULT,
                KubeProxyConfig.defaults());
    }

    /** The same with another source. */
    public AgentOptions withSource(SourceOptions other) {
        return new AgentOptions(
                other,
                node,
                services,
                addresses,
                connections,
                transport,
                http,
                sync,
                accessLog,
                handOver,
                kubeProxyConfig);
    }

    /** The same with Service addresses offered in another way. */
    public AgentOptions withAddresses(AddressOptions other) {
        return new AgentOptions(
                source,
                node,
                services,
                other,
                connections,
                transport,
                http,
                sync,
                accessLog,
                handOver,
                kubeProxyConfig);
    }

    /** The same with a log of connections. */
    public AgentOptions withAccessLog(AccessLogOptions log) {
        return new AgentOptions(
                source,
                node,
                services,
                addresses,
                connections,
                transport,
                http,
                sync,
                Optional.of(log),
                handOver,
                kubeProxyConfig);
    }

    /** The same with other HTTP addresses. */
    public AgentOptions withHttp(HttpOptions other) {
        return new AgentOptions(
                source,
                node,
                services,
                addresses,
                connections,
                transport,
                other,
                sync,
                accessLog,
                handOver,
                kubeProxyConfig);
    }
}
