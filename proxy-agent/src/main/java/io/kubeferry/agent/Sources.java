package io.kubeferry.agent;

import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.SourceOptions;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.watch.ClusterListener;
import io.kubeferry.agent.watch.ClusterSource;
import io.kubeferry.agent.watch.NodeAnswer;
import io.kubeferry.agent.watch.apiserver.ApiConnection;
import io.kubeferry.agent.watch.apiserver.ApiEvents;
import io.kubeferry.agent.watch.apiserver.ApiRequestObserver;
import io.kubeferry.agent.watch.apiserver.ApiServerSource;
import io.kubeferry.agent.watch.apiserver.KubeconfigChoice;
import io.kubeferry.agent.watch.apiserver.KubeconfigLoader;
import io.kubeferry.agent.watch.apiserver.KubeconfigResult;
import io.kubeferry.agent.watch.apiserver.WatchScope;
import io.kubeferry.agent.watch.manifests.ManifestSource;
import io.kubeferry.core.routing.EndpointOrigin;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Makes the source that the options name. */
public final class Sources {
    private Sources() {}

    /** Where the endpoints of the source that {@code options} name come from. */
    public static EndpointOrigin origin(AgentOptions options) {
        return switch (options.source()) {
            case SourceOptions.Manifests manifests -> EndpointOrigin.MANIFESTS;
            case SourceOptions.ApiServer server -> EndpointOrigin.API_SERVER;
        };
    }

    /**
     * The source that {@code options} name for an agent that serves, not started yet. Closing it closes all that belongs
     * to it. A Node that it finds is told that its proxy starts.
     *
     * @throws AgentStartException if there is no usable kubeconfig
     */
    public static ClusterSource open(AgentOptions options, ApiRequestObserver requests) throws AgentStartException {
        return open(options, requests, true);
    }

    /** As {@link #open(AgentOptions, ApiRequestObserver)}, for those who only look, and do not care about requests. */
    public static ClusterSource open(AgentOptions options) throws AgentStartException {
        return open(options, ApiRequestObserver.none(), false);
    }

    private static ClusterSource open(AgentOptions options, ApiRequestObserver requests, boolean serves)
            throws AgentStartException {
        return switch (options.source()) {
            case SourceOptions.Manifests(Path folder) ->
                new ManifestSource(
                        folder, options.node().name(), options.services().proxyName());
            case SourceOptions.ApiServer server ->
                new ConnectedSource(connect(server, requests), scope(options, server), serves);
        };
    }

    /** Whether the source that {@code options} name may deliver the own Node after everything else. */
    public static boolean hasNode(AgentOptions options) {
        return switch (options.source()) {
            case SourceOptions.Manifests manifests -> false;
            case SourceOptions.ApiServer server -> true;
        };
    }

    private static ApiConnection connect(SourceOptions.ApiServer server, ApiRequestObserver requests)
            throws AgentStartException {
        KubeconfigLoader loader = new KubeconfigLoader(
                System.getenv(), Path.of(System.getProperty("user.home", "/")), KubeconfigLoader.SERVICE_ACCOUNT);
        KubeconfigChoice choice = new KubeconfigChoice(
                server.kubeconfig(), server.context(), server.master().map(URI::toString));
        return switch (loader.load(choice)) {
            case KubeconfigResult.Found found -> new ApiConnection(found.access(), requests);
            case KubeconfigResult.Unusable(String problem) -> throw new AgentStartException(problem);
        };
    }

    /** Which cluster IPs are nobody's is known only to who knows all Services and serves them alone. */
    private static WatchScope scope(AgentOptions options, SourceOptions.ApiServer server) {
        boolean alone =
                options.services().proxyName().isEmpty() && server.namespaces().isEmpty();
        return new WatchScope(
                options.node().name(),
                new TreeSet<>(server.namespaces()),
                options.services().proxyName(),
                alone && options.addresses().mode() == AddressMode.CAPTURE);
    }

    /** A source with the connection that is its own. */
    private static final class ConnectedSource implements ClusterSource {
        private final ApiConnection connection;
        private final ApiServerSource source;
        private final ApiEvents events;
        private final NodeEvents nodeEvents;
        private final boolean serves;

        ConnectedSource(ApiConnection connection, WatchScope scope, boolean serves) {
            this.serves = serves;
            this.connection = connection;
            this.source = new ApiServerSource(connection, scope);
            this.events = new ApiEvents(connection, scope.nodeName());
            this.nodeEvents = new NodeEvents(events, scope.nodeName());
        }

        @Override
        public void start(ClusterListener listener) {
            source.start(serves ? new OverheardEvents(listener, new StartAnnouncement(nodeEvents::seen)) : listener);
        }

        @Override
        public NodeAnswer findNode(Duration patience) {
            return source.findNode(patience);
        }

        @Override
        public String description() {
            return source.description();
        }

        @Override
        public List<String> problems() {
            return source.problems();
        }

        @Override
        public void warnOwner(ObjectName service, String reason, String action, String note) {
            events.warn(regarding(service), reason, action, note);
        }

        @Override
        public void warnOwnerTogether(ObjectName service, String reason, String action, String note) {
            events.warnTogether(regarding(service), reason, action, note);
        }

        private static ApiEvents.Regarding regarding(ObjectName service) {
            return new ApiEvents.Regarding(
                    "Service", Optional.of(service.namespace()), service.name(), Optional.empty());
        }

        @Override
        public void warnNode(String reason, String action, String note) {
            nodeEvents.warn(reason, action, note);
        }

        @Override
        public void lastWords(Duration atMost) {
            nodeEvents.lastWords(atMost);
        }

        @Override
        public void close() {
            events.close();
            source.close();
            connection.close();
        }
    }
}
