package io.kubeferry.agent.watch.apiserver;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ExceptionHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.translate.EndpointSliceTranslator;
import io.kubeferry.agent.translate.NodeTranslator;
import io.kubeferry.agent.translate.ServiceCidrTranslator;
import io.kubeferry.agent.translate.ServiceTranslator;
import io.kubeferry.agent.watch.ClusterListener;
import io.kubeferry.agent.watch.ClusterSource;
import io.kubeferry.agent.watch.NodeAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services, EndpointSlices and the own Node from the API server, with the selectors of kube-proxy
 * (cmd/kube-proxy/app/server.go).
 *
 * <p>Every list and watch goes on for ever: the server may be away when this starts, restart, forget versions, and forbid
 * things. The Node alone may stay forbidden; it is asked for again every few minutes.
 *
 * <p>Threading: as {@link ClusterSource} says; events arrive on the client's threads, one at a time.
 */
public final class ApiServerSource implements ClusterSource {
    private static final Logger LOG = LoggerFactory.getLogger(ApiServerSource.class);
    private static final Duration NODE_RETRY = Duration.ofMinutes(5);

    /** Spares us the headless Services where the server knows it; see {@link #BAD_REQUEST}. */
    static final String CLUSTER_IP_FIELD = "spec.clusterIP";

    /** What a server answers that does not know {@link #CLUSTER_IP_FIELD}. */
    static final int BAD_REQUEST = 400;

    private final ApiConnection connection;
    private final WatchScope scope;
    private final Duration nodeRetry;
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
    private boolean closed;
    private boolean nodeDenialTold;
    private boolean serviceCidrDenialTold;
    private boolean olderServerTold;
    private @Nullable DeliveryGate gate;

    /**
     * A source that is not started yet.
     *
     * @param connection is not closed with the source
     */
    public ApiServerSource(ApiConnection connection, WatchScope scope) {
        this(connection, scope, NODE_RETRY);
    }

    ApiServerSource(ApiConnection connection, WatchScope scope, Duration nodeRetry) {
        this.connection = connection;
        this.scope = scope;
        this.nodeRetry = nodeRetry;
    }

    @Override
    public void start(ClusterListener listener) {
        DeliveryGate delivery = new DeliveryGate(listener);
        gate = delivery;
        // Not on this thread: looking up the server's name may take a while.
        connection.timer().execute(() -> startAll(delivery));
    }

    @Override
    public NodeAnswer findNode(Duration patience) {
        return new NodeQuestion(connection, scope.nodeName()).ask(patience);
    }

    @Override
    public String description() {
        return "API server " + connection.server();
    }

    @Override
    public List<String> problems() {
        return connection.status().problems();
    }

    @Override
    public void close() {
        DeliveryGate delivery = gate;
        if (delivery != null) {
            delivery.close();
        }
        synchronized (this) {
            closed = true;
            informers.forEach(SharedIndexInformer::stop);
        }
    }

    private void startAll(DeliveryGate delivery) {
        List<Optional<String>> parts = parts(scope.namespaces());
        // The Node as well: who takes over from another process without knowing the node's addresses has NodePorts
        // refused.
        AtomicInteger listsMissing = new AtomicInteger(2 * parts.size() + 1);
        Runnable onFirstList = () -> {
            if (listsMissing.decrementAndGet() == 0) {
                delivery.onSynced();
            }
        };
        for (Optional<String> namespace : parts) {
            startSlices(namespace, delivery, onFirstList);
            startServices(namespace, delivery, onFirstList);
        }
        AtomicBoolean nodeAnswered = new AtomicBoolean();
        startNode(delivery, () -> {
            if (nodeAnswered.compareAndSet(false, true)) {
                onFirstList.run();
            }
        });
        if (scope.serviceRanges()) {
            startServiceCidrs(delivery);
        }
    }

    /** One informer of each kind for the whole cluster, or one for each namespace. */
    private static List<Optional<String>> parts(SortedSet<String> namespaces) {
        return namespaces.isEmpty()
                ? List.of(Optional.empty())
                : namespaces.stream().map(Optional::of).toList();
    }

    /**
     * The store and the watch outlive the switch of selectors, so that what was deleted meanwhile is noticed.
     *
     * @see #BAD_REQUEST
     */
    private void startServices(Optional<String> namespace, DeliveryGate delivery, Runnable onFirstList) {
        var services = connection.client().services();
        var selected = (namespace.isPresent() ? services.inNamespace(namespace.get()) : services.inAnyNamespace())
                .withLabelSelector(scope.serviceLabels());
        VersionStore<Service> store = new VersionStore<>(Service::new);
        ResourceWatch<Service> watch = new ResourceWatch<>(
                ServiceTranslator::translate,
                service -> new ClusterEvent.ServiceRemoved(name(service)),
                delivery,
                onFirstList);
        ExceptionHandler goesOn = goesOn(new WatchedPath("list", "services", namespace));
        AtomicBoolean asksForAll = new AtomicBoolean();
        List<SharedIndexInformer<Service>> selecting = new CopyOnWriteArrayList<>();
        Runnable askForAll = () -> {
            if (asksForAll.compareAndSet(false, true)) {
                tellOlderServer();
                connection.timer().execute(() -> {
                    selecting.forEach(SharedIndexInformer::stop);
                    start(selected, store, watch, goesOn);
                });
            }
        };
        start(selected.withoutField(CLUSTER_IP_FIELD, "None"), store, watch, (started, problem) -> {
                    if (!(problem(problem) instanceof KubernetesClientException refused)
                            || refused.getCode() != BAD_REQUEST) {
                        return goesOn.retryAfterException(started, problem);
                    }
                    askForAll.run();
                    return false;
                })
                .ifPresent(selecting::add);
        connection.whenWatchIsWrong(CLUSTER_IP_FIELD, askForAll);
    }

    /** Once, however many namespaces are watched. */
    private synchronized void tellOlderServer() {
        if (!olderServerTold) {
            olderServerTold = true;
            LOG.info(
                    "API server does not select Services by {}, as older ones do not; headless ones are left out here: server={}",
                    CLUSTER_IP_FIELD,
                    connection.server());
        }
    }

    private void startSlices(Optional<String> namespace, DeliveryGate delivery, Runnable onFirstList) {
        var slices = connection.client().discovery().v1().endpointSlices();
        start(
                (namespace.isPresent() ? slices.inNamespace(namespace.get()) : slices.inAnyNamespace())
                        .withLabelSelector(scope.sliceLabels()),
                new VersionStore<>(EndpointSlice::new),
                new ResourceWatch<>(
                        EndpointSliceTranslator::translate,
                        slice -> new ClusterEvent.SliceRemoved(name(slice)),
                        delivery,
                        onFirstList),
                goesOn(new WatchedPath("list", "endpointslices", namespace)));
    }

    /** What the server answers first, the Node or that it is denied, is told to {@code onAnswer}. */
    private void startNode(DeliveryGate delivery, Runnable onAnswer) {
        start(
                connection.client().nodes().withField("metadata.name", scope.nodeName()),
                new VersionStore<>(Node::new),
                new ResourceWatch<>(
                        NodeTranslator::translate,
                        node -> new ClusterEvent.NodeRemoved(node.getMetadata().getName()),
                        delivery,
                        onAnswer),
                (_, problem) -> !isDenied(problem) || nodeDenied(delivery, onAnswer));
    }

    /** As kube-proxy does, which has a role for it; others may have none, and servers before 1.33 have no such objects. */
    private void startServiceCidrs(DeliveryGate delivery) {
        start(
                connection.client().resources(ServiceCIDR.class),
                new VersionStore<>(ServiceCIDR::new),
                new ResourceWatch<>(
                        ServiceCidrTranslator::translate,
                        object -> new ClusterEvent.ServiceCidrRemoved(
                                object.getMetadata().getName()),
                        delivery,
                        () -> {}),
                (_, problem) -> !isDenied(problem) || serviceCidrsDenied(delivery));
    }

    private boolean serviceCidrsDenied(DeliveryGate delivery) {
        synchronized (this) {
            if (!serviceCidrDenialTold) {
                serviceCidrDenialTold = true;
                LOG.info(
                        "API server has no ServiceCIDRs for us; connections to cluster IPs that no Service has leave this node"
                                + " retryMinutes={}",
                        nodeRetry.toMinutes());
            }
        }
        retryLater(() -> startServiceCidrs(delivery));
        return false;
    }

    private <T extends HasMetadata> Optional<SharedIndexInformer<T>> start(
            Informable<T> resources, VersionStore<T> store, ResourceWatch<T> watch, ExceptionHandler onProblem) {
        SharedIndexInformer<T> informer = resources
                .runnableInformer(0)
                .removeNamespaceIndex()
                .itemStore(store)
                .exceptionHandler(onProblem)
                .addEventHandler(watch);
        synchronized (this) {
            if (closed) {
                return Optional.empty();
            }
            informers.add(informer);
        }
        // How it went is told by the exception handler and by ApiServerStatus.
        var _ = informer.start();
        return Optional.of(informer);
    }

    /** Whatever happens, the informer tries again; what the server forbids is told. */
    private ExceptionHandler goesOn(WatchedPath list) {
        return (_, problem) -> {
            if (problem(problem) instanceof KubernetesClientException refused
                    && refused.getCode() == 403
                    && refused.getStatus() != null
                    && String.valueOf(refused.getStatus().getMessage()).contains("forbidden")) {
                connection.status().denied(list, refused.getStatus().getMessage());
            }
            return true;
        };
    }

    private static Throwable problem(Throwable problem) {
        return problem instanceof java.util.concurrent.CompletionException && problem.getCause() != null
                ? problem.getCause()
                : problem;
    }

    private static boolean isDenied(Throwable problem) {
        return problem(problem) instanceof KubernetesClientException refused
                && (refused.getCode() == 403 || refused.getCode() == 404);
    }

    /** Ends the informer, whose retries are too quick for something that an administrator must change, and plans a new one. */
    private boolean nodeDenied(DeliveryGate delivery, Runnable onAnswer) {
        synchronized (this) {
            if (!nodeDenialTold) {
                nodeDenialTold = true;
                LOG.warn(
                        "API server does not let us read our Node; its zone and addresses are unknown: node={} retryMinutes={}",
                        scope.nodeName(),
                        nodeRetry.toMinutes());
            }
        }
        retryLater(() -> startNode(delivery, onAnswer));
        onAnswer.run();
        return false;
    }

    private void retryLater(Runnable start) {
        var _ = connection.timer().schedule(start, nodeRetry.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static ObjectName name(HasMetadata object) {
        return new ObjectName(
                object.getMetadata().getNamespace(), object.getMetadata().getName());
    }
}
