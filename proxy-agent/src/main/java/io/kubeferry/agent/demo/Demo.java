package io.kubeferry.agent.demo;

import io.kubeferry.agent.Agent;
import io.kubeferry.agent.AgentStartException;
import io.kubeferry.agent.StopSignal;
import io.kubeferry.agent.demo.DemoBackends.DemoBackend;
import io.kubeferry.agent.demo.DemoService.DemoEndpoint;
import io.kubeferry.agent.http.HttpBindException;
import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.SourceOptions;
import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.routing.Route;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Writes manifests into a folder of its own, starts backends, runs the normal agent on them, drives connections through
 * every address and tells who answered. Main thread only.
 */
public final class Demo {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration POLL_PERIOD = Duration.ofMillis(20);
    private static final String OTHER_NODE = "another-node";
    /** Three cluster IPs and two node ports. */
    private static final int ADDRESSES = 5;

    private static final int FIRST_NODE_PORT = 30_080;
    private static final int LAST_NODE_PORT = 32_767;

    private final AgentOptions options;
    private final String version;
    private final PrintStream out;

    /** A demo of an agent with {@code options}, whose source does not count, and of {@code version}. */
    public Demo(AgentOptions options, String version, PrintStream out) {
        this.options = options;
        this.version = version;
        this.out = out;
    }

    /** Runs the self-check and ends. True if all went as it should. */
    public boolean once() throws AgentStartException, IOException, HttpBindException, InterruptedException {
        return run(Optional.empty());
    }

    /** Runs the self-check and stays until {@code stop}. True if all went as it should. */
    public boolean untilStopped(StopSignal stop)
            throws AgentStartException, IOException, HttpBindException, InterruptedException {
        return run(Optional.of(stop));
    }

    private boolean run(Optional<StopSignal> stop)
            throws AgentStartException, IOException, HttpBindException, InterruptedException {
        Path folder = Files.createTempDirectory("kubeferry-demo-");
        try (DemoBackends backends = new DemoBackends(List.of("pod-a", "pod-b", "pod-c"))) {
            List<DemoService> services = services(backends.all());
            for (DemoService service : services) {
                Files.writeString(folder.resolve(service.name() + ".yaml"), service.manifest());
            }
            try (Agent agent = Agent.start(onLoopback(folder), version)) {
                awaitServed(agent);
                boolean passed = check(agent, services);
                if (stop.isPresent()) {
                    showAround(agent, folder);
                    stop.get().await();
                    agent.drain();
                }
                return passed;
            }
        } finally {
            delete(folder);
        }
    }

    private AgentOptions onLoopback(Path folder) {
        return options.withSource(new SourceOptions.Manifests(folder))
                .withAddresses(options.addresses().withMode(AddressMode.LOOPBACK));
    }

    private List<DemoService> services(List<DemoBackend> backends) {
        String here = options.node().name();
        List<DemoEndpoint> everywhere = backends.stream()
                .map(backend -> new DemoEndpoint(backend, backend.equals(backends.getFirst()) ? here : OTHER_NODE))
                .toList();
        int first = freeNodePort(FIRST_NODE_PORT);
        int second = freeNodePort(first + 1);
        return List.of(
                new DemoService("web", "cluster IP", "10.96.0.10", Optional.empty(), false, everywhere),
                new DemoService("shop", "node port", "10.96.0.11", Optional.of(first), false, everywhere),
                new DemoService(
                        "local", "node port, Local policy", "10.96.0.12", Optional.of(second), true, everywhere));
    }

    private static void awaitServed(Agent agent) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (agent.dataPlane().plan().routes().size() < ADDRESSES && System.nanoTime() < deadline) {
            TimeUnit.NANOSECONDS.sleep(POLL_PERIOD.toNanos());
        }
    }

    private boolean check(Agent agent, List<DemoService> services) {
        out.println();
        out.println("kubeferry demo: three Services with three pods (pod-a on this node, the others elsewhere).");
        out.println("Connections through every address, and who answered:");
        out.println();
        DemoCheck check = new DemoCheck(out);
        Collection<Route> routes = agent.dataPlane().plan().routesInOrder();
        int asked = 0;
        for (DemoService service : services) {
            for (Route route : routes) {
                if (route.servicePort().name().service().equals(service.name())) {
                    Set<String> expected = expected(service, route);
                    check.ask(
                            service.name() + ", " + describe(service, route),
                            route.place().address().getHostAddress(),
                            route.place().port(),
                            expected);
                    asked++;
                }
            }
        }
        check.require(asked == ADDRESSES, asked + " addresses are offered");
        check.require(
                agent.dataPlane().bindFailures() == 0,
                agent.dataPlane().bindFailures() + " addresses could not be bound");
        out.println();
        return check.passed();
    }

    /** Under the Local policy clients from outside get the pod of this node only. */
    private static Set<String> expected(DemoService service, Route route) {
        Set<String> names = new TreeSet<>();
        boolean onlyLocal = service.local() && route.address().kind() == ServiceAddressKind.NODE_PORT;
        for (DemoEndpoint endpoint : service.endpoints()) {
            if (!onlyLocal || !endpoint.node().equals(OTHER_NODE)) {
                names.add(endpoint.backend().name());
            }
        }
        return names;
    }

    private static String describe(DemoService service, Route route) {
        return route.address().kind() == ServiceAddressKind.NODE_PORT
                ? service.what()
                : "cluster IP " + route.address().address().getHostAddress();
    }

    private void showAround(Agent agent, Path folder) {
        out.println("Try it yourself:");
        agent.dataPlane()
                .plan()
                .routes()
                .values()
                .forEach(route -> out.println("  curl http://" + route.place() + "/"));
        options.http()
                .metrics()
                .ifPresent(address -> out.println("  curl http://" + address.getHostString() + ":" + address.getPort()
                        + "/metrics | grep '^kubeferry_'"));
        options.http()
                .status()
                .ifPresent(address -> out.println("  curl http://" + address.getHostString() + ":" + address.getPort()
                        + "/api/v1/services    or: kubeferry status"
                        + System.lineSeparator() + "  http://" + address.getHostString() + ":" + address.getPort()
                        + "/    in a browser"));
        out.println("The manifests are in " + folder + ": edit, add or remove some and see what happens.");
        out.println("Ctrl-C ends the demo.");
        out.flush();
    }

    private static int freeNodePort(int from) {
        for (int port = from; port <= LAST_NODE_PORT; port++) {
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException taken) {
                // The next one may be free.
            }
        }
        return from;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
