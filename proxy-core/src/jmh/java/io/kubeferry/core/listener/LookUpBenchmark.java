package io.kubeferry.core.listener;

import static io.kubeferry.core.testing.SampleEndpoint.endpoint;
import static io.kubeferry.core.testing.SampleServicePort.servicePort;

import io.kubeferry.core.ShortBenchmark;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.connection.ConnectionSettings;
import io.kubeferry.core.connection.Destination;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.AnswerPath;
import io.kubeferry.core.routing.ClientOrigin;
import io.kubeferry.core.routing.EndpointOrigin;
import io.kubeferry.core.routing.HostFacts;
import io.kubeferry.core.routing.NodeNetwork;
import io.kubeferry.core.routing.OfferedAt;
import io.kubeferry.core.routing.RoutingPlanner;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What it costs to find out what a connection is for. Every service port has a cluster IP and a load-balancer IP, the
 * latter under the Local policy, where it matters who the client is.
 */
@State(Scope.Benchmark)
public class LookUpBenchmark extends ShortBenchmark {
    private static final int CLIENTS = 1_000;

    @Param({"1", "10000"})
    int servicePorts;

    private DestinationTable table;
    private InetSocketAddress[] clusterIps;
    private InetSocketAddress[] loadBalancerIps;
    private InetSocketAddress[] unserved;
    private final InetSocketAddress[] pods = addresses(CLIENTS, number -> address("10.245", number) + ":40000");
    private final InetSocketAddress[] outsiders = addresses(CLIENTS, number -> address("203.0", number) + ":40000");

    /** The connection that a thread looks at next. */
    @State(Scope.Thread)
    public static class Turn {
        private int destination;
        private int client;

        InetSocketAddress destination(InetSocketAddress[] destinations) {
            destination = destination + 1 < destinations.length ? destination + 1 : 0;
            return destinations[destination];
        }

        InetSocketAddress client(InetSocketAddress[] clients) {
            client = client + 1 < clients.length ? client + 1 : 0;
            return clients[client];
        }
    }

    /** Knows the pods by their range, as a node does. */
    private record Node(Set<InetAddress> addresses, List<IpCidr> podRanges) implements NodeNetwork {
        @Override
        public String nodeName() {
            return "n1";
        }

        @Override
        public ClientOrigin origin(InetAddress client) {
            return ClientOrigin.of(client, addresses, podRanges);
        }

        @Override
        public boolean isPodOfThisNode(InetAddress client) {
            return false;
        }

        @Override
        public AnswerPath answerPath(InetAddress client, InetAddress endpoint) {
            return AnswerPath.ROUTED;
        }
    }

    /** Serves all service ports. */
    @Setup
    public void setUp() {
        Node node =
                new Node(Set.copyOf(Snapshots.addresses("192.0.2.1", "10.244.0.1")), Snapshots.ranges("10.244.0.0/15"));
        table = new DestinationTable(
                ConnectionSettings.of(Duration.ofSeconds(1), 3, Optional.empty()),
                new ConnectionBudget(10_000),
                () -> ThreadLocalRandom.current().nextLong(),
                Ticker.system(),
                Optional.of(node));
        List<ServicePort> all = IntStream.range(0, servicePorts)
                .mapToObj(LookUpBenchmark::sample)
                .toList();
        table.update(new RoutingPlanner(EndpointOrigin.API_SERVER)
                .plan(
                        Snapshots.snapshot(Snapshots.node(node.nodeName(), "192.0.2.1"), all),
                        new HostFacts(OfferedAt.OWN_ADDRESSES, Snapshots.addresses("192.0.2.1"), 0, true)));
        clusterIps = addresses(servicePorts, number -> address("10.96", number) + ":80");
        loadBalancerIps = addresses(servicePorts, number -> address("198.18", number) + ":80");
        unserved = addresses(servicePorts, number -> address("10.96", number) + ":81");
        check();
    }

    /** A pod connects to a cluster IP. */
    @Benchmark
    public void clusterIp(Turn turn, Blackhole blackhole) {
        blackhole.consume(table.find(turn.destination(clusterIps), turn.client(pods)));
    }

    /** A client from outside connects to a load-balancer IP. */
    @Benchmark
    public void loadBalancerIp(Turn turn, Blackhole blackhole) {
        blackhole.consume(table.find(turn.destination(loadBalancerIps), turn.client(outsiders)));
    }

    /** The Service has gone since the client connected. */
    @Benchmark
    public void unserved(Turn turn, Blackhole blackhole) {
        blackhole.consume(table.find(turn.destination(unserved), turn.client(pods)));
    }

    /** What is not found would be measured as well, and be wrong. */
    private void check() {
        for (int i = 0; i < servicePorts; i++) {
            Destination outside = table.find(loadBalancerIps[i], outsiders[0]);
            if (outside == null
                    || outside.equals(table.find(loadBalancerIps[i], pods[0]))
                    || table.find(clusterIps[i], pods[0]) == null
                    || table.find(unserved[i], pods[0]) != null) {
                throw new IllegalStateException("not served as intended: " + clusterIps[i]);
            }
        }
    }

    private static ServicePort sample(int number) {
        return servicePort("team/app-" + number + ":http")
                .clusterIp(address("10.96", number), 80)
                .loadBalancerIps(address("198.18", number))
                .externalLocal()
                .endpoints(
                        endpoint(address("10.244", number) + ":8080").onNode("n1"),
                        endpoint(address("10.245", number) + ":8080").onNode("n2"))
                .build();
    }

    private static String address(String network, int number) {
        return network + "." + (1 + number / 250) + "." + (1 + number % 250);
    }

    /** In no order; and not the very objects that are served, as every connection brings its own. */
    private static InetSocketAddress[] addresses(int count, IntFunction<String> text) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            addresses.add(Snapshots.socketAddress(text.apply(number)));
        }
        Collections.shuffle(addresses, new Random(count));
        return addresses.toArray(InetSocketAddress[]::new);
    }
}
