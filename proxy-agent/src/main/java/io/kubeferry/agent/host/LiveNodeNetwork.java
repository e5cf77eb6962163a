package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.routing.AnswerPath;
import io.kubeferry.core.routing.ClientOrigin;
import io.kubeferry.core.routing.NodeNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's network as its interfaces and routes show it, looked at every second. A client that is not known as a pod
 * may be one that has just started: then routes are read at once, from memory of the kernel and so without waiting, but not
 * more often than every 100 ms.
 *
 * <p>Thread-safe.
 */
public final class LiveNodeNetwork implements NodeNetwork, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveNodeNetwork.class);
    private static final Path IPV4_ROUTES = Path.of("/proc/net/route");
    private static final Path IPV6_ROUTES = Path.of("/proc/net/ipv6_route");
    private static final long PERIOD_MILLIS = 1_000;
    private static final long FRESH_NANOS = Duration.ofMillis(100).toNanos();

    private final String nodeName;
    private final List<IpCidr> podRanges;
    private final Host host;
    private final LinuxCapture capture;
    private final Sysctls sysctls = Sysctls.system();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("kubeferry-routes").factory());
    private final AtomicLong routesReadNanos = new AtomicLong();
    private volatile Set<InetAddress> hostAddresses = Set.of();
    private volatile Map<String, String> bridges = Map.of();
    private volatile PodRoutes podRoutes = PodRoutes.NONE;

    /**
     * Begins to look.
     *
     * @param podRanges {@code --cluster-cidr}; empty where it is not known
     * @param capture knows whose answers bridges hand to this node
     */
    public LiveNodeNetwork(String nodeName, List<IpCidr> podRanges, Host host, LinuxCapture capture) {
        this.nodeName = nodeName;
        this.podRanges = List.copyOf(podRanges);
        this.host = host;
        this.capture = capture;
        look();
        timer.scheduleWithFixedDelay(this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public String nodeName() {
        return nodeName;
    }

    @Override
    public ClientOrigin origin(InetAddress client) {
        return ClientOrigin.of(client, hostAddresses, podRanges);
    }

    @Override
    public boolean isPodOfThisNode(InetAddress client) {
        if (podRoutes.leadTo(client)) {
            return true;
        }
        long last = routesReadNanos.get();
        long now = System.nanoTime();
        if (now - last < FRESH_NANOS || !routesReadNanos.compareAndSet(last, now)) {
            return false;
        }
        readRoutes();
        return podRoutes.leadTo(client);
    }

    @Override
    public AnswerPath answerPath(InetAddress client, InetAddress endpoint) {
        Optional<PodRoutes.Range> shared = podRoutes.shared(client, endpoint);
        if (shared.isEmpty() || !bridges.containsKey(shared.get().device())) {
            return AnswerPath.ROUTED;
        }
        return capture.lifts(shared.get().range(), endpoint) ? AnswerPath.LIFTED : AnswerPath.PAST_US;
    }

    private void look() {
        try {
            bridges = Bridges.system().macs();
            hostAddresses = host.interfaceAddresses().stream()
                    .map(address -> IpAddresses.ofBytes(address.getAddress()))
                    .collect(Collectors.toUnmodifiableSet());
            routesReadNanos.set(System.nanoTime());
            readRoutes();
            capture.setBridgeFilter(!bridges.isEmpty() && sysctls.hasBridgeFilter());
            capture.setBridgedPods(podRoutes.behind(bridges));
        } catch (RuntimeException failure) {
            LOG.warn(
                    "could not look at the host's addresses and routes, those last seen count, looking again soon: reason={}",
                    failure.toString());
        }
    }

    private void readRoutes() {
        try (Stream<String> ipv4 = lines(IPV4_ROUTES);
                Stream<String> ipv6 = lines(IPV6_ROUTES)) {
            podRoutes = PodRoutes.parse(ipv4, ipv6);
        } catch (IOException unreadable) {
            LOG.warn(
                    "could not read the host's routes, those last seen count, looking again soon: reason={}",
                    unreadable.toString());
        }
    }

    private static Stream<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file).stream() : Stream.empty();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
