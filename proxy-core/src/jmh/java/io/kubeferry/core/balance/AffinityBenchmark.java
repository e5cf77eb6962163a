package io.kubeferry.core.balance;

import io.kubeferry.core.ShortBenchmark;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.observe.Ticker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.infra.ThreadParams;

/** What session affinity costs a connection, among {@value #CLIENTS} clients that are remembered. */
@State(Scope.Benchmark)
public class AffinityBenchmark extends ShortBenchmark {
    private static final int CLIENTS = 10_000;
    private static final int ENDPOINTS = 10;
    private static final Duration USUAL_TIMEOUT = Duration.ofHours(3);
    private static final int FIRST_NETWORK = 11;
    private static final int NETWORK_BITS = 24;

    private final InetAddress[] clients = new InetAddress[CLIENTS];
    private final Endpoint[] endpoints = new Endpoint[CLIENTS];
    private AffinityPicker picker;

    /** The client that a thread looks at next. */
    @State(Scope.Thread)
    public static class Turn {
        private int last;

        int next() {
            last = last + 1 < CLIENTS ? last + 1 : 0;
            return last;
        }
    }

    /** Clients that were never seen: every thread has a network of 16 million of them. */
    @State(Scope.Thread)
    public static class Newcomers {
        private int last;

        /** Begins at the network of the thread. */
        @Setup
        public void setUp(ThreadParams thread) {
            last = (FIRST_NETWORK + thread.getThreadIndex()) << NETWORK_BITS;
        }

        InetAddress next() {
            return address(++last);
        }
    }

    /** Lets every client come once. */
    @Setup
    public void setUp() {
        BalancingPicker others = new RoundRobinPicker(PickBenchmark.candidates(ENDPOINTS), PickBenchmark.RANDOM);
        AffinityTable table = new AffinityTable(
                USUAL_TIMEOUT, Ticker.system()::nanos, new AffinityLimit(AffinityLimit.DEFAULT_MAX_CLIENTS));
        picker = new AffinityPicker(others, table);
        for (int i = 0; i < CLIENTS; i++) {
            InetAddress client = address(10 << NETWORK_BITS | i);
            endpoints[i] =
                    Objects.requireNonNull(picker.pick(client, List.of())).endpoint();
            // Not the very object that is remembered: every connection brings its own.
            clients[i] = IpAddresses.ofBytes(client.getAddress());
        }
    }

    /** A client that comes back is sent where it was. */
    @Benchmark
    public void rememberedClient(Turn turn, Blackhole blackhole) {
        blackhole.consume(picker.pick(clients[turn.next()], List.of()));
    }

    /** The endpoint has answered. */
    @Benchmark
    public void connected(Turn turn) {
        int client = turn.next();
        picker.connected(clients[client], endpoints[client]);
    }

    /**
     * Somebody new. Soon there are as many as may be remembered, so this includes its share of forgetting others; and the
     * address itself, which is made anew each time.
     */
    @Benchmark
    public void newClient(Newcomers newcomers, Blackhole blackhole) {
        blackhole.consume(picker.pick(newcomers.next(), List.of()));
    }

    private static InetAddress address(int bits) {
        return IpAddresses.ofBytes(
                new byte[] {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits});
    }
}
