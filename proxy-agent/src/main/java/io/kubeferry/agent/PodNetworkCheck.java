package io.kubeferry.agent;

import io.kubeferry.agent.sync.SyncObserver;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.ServicePort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dials one endpoint once, after the first snapshot that has any: a laptop that watches a remote cluster sees every
 * Service and can reach none of its pods, which would look like a fault of every Service.
 *
 * <p>Threading: sync thread; dials on a thread of its own.
 */
final class PodNetworkCheck implements SyncObserver {
    private static final Logger LOG = LoggerFactory.getLogger(PodNetworkCheck.class);
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private boolean done;

    @Override
    public void succeeded(ProxySnapshot snapshot, Run run, Map<IpFamily, List<Duration>> programming) {
        if (done) {
            return;
        }
        Optional<Sample> sample = snapshot.servicePorts().values().stream()
                .flatMap(servicePort -> servicePort.endpoints().stream()
                        .filter(endpoint -> endpoint.conditions().ready())
                        .map(endpoint -> new Sample(servicePort, endpoint)))
                .findFirst();
        if (sample.isPresent()) {
            done = true;
            Thread.ofPlatform().daemon().name("kubeferry-pod-network").start(() -> dial(sample.get()));
        }
    }

    private record Sample(ServicePort servicePort, Endpoint endpoint) {}

    private static void dial(Sample sample) {
        InetSocketAddress target = new InetSocketAddress(
                sample.endpoint().address(), sample.endpoint().port());
        try (Socket socket = new Socket()) {
            socket.connect(target, (int) PATIENCE.toMillis());
            LOG.debug("the pod network can be reached endpoint={}", sample.endpoint());
        } catch (ConnectException refused) {
            if (isRefusal(refused)) {
                LOG.debug("the pod network can be reached, but {} refuses", sample.endpoint());
            } else {
                report(sample, refused);
            }
        } catch (IOException unreachable) {
            report(sample, unreachable);
        }
    }

    private static boolean isRefusal(ConnectException failure) {
        return String.valueOf(failure.getMessage()).contains("refused");
    }

    private static void report(Sample sample, IOException failure) {
        LOG.warn(
                "endpoint {} of Service {} does not answer from here ({}): if that holds for all, this host has no route"
                        + " to the pod network, and connections to Services will fail. Run kubeferry on a node, or on"
                        + " the host of a kind cluster on Linux, or add a route to the cluster's pod addresses",
                sample.endpoint(),
                sample.servicePort().name(),
                failure.getMessage());
    }
}
