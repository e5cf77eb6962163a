package io.kubeferry.core.balance;

import io.kubeferry.core.ShortBenchmark;
import io.kubeferry.core.model.Balance;
import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.testing.SampleEndpoint;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** What it costs to choose an endpoint, for the first attempt of a connection and for the second. */
@State(Scope.Benchmark)
public class PickBenchmark extends ShortBenchmark {
    /** As the data plane draws. */
    static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

    private static final int MOST_CONNECTIONS = 50;

    @Param
    Balance balance;

    @Param({"3", "100"})
    int endpoints;

    @Param({"0", "1"})
    int tried;

    private BalancingPicker picker;
    private List<Candidate> triedInVain;

    /** Gives the endpoints different numbers of connections, so that comparing them has no usual outcome. */
    @Setup
    public void setUp() {
        CandidateList candidates = candidates(endpoints);
        Random random = new Random(1);
        for (Candidate candidate : candidates.all()) {
            IntStream.range(0, random.nextInt(MOST_CONNECTIONS))
                    .forEach(_ -> candidate.track().connectionBegan());
        }
        picker = BalancingPicker.of(balance, candidates, RANDOM, Ticker.system()::nanos);
        triedInVain = List.copyOf(candidates.all().subList(0, tried));
    }

    /** One choice. */
    @Benchmark
    public void pick(Blackhole blackhole) {
        blackhole.consume(picker.pick(triedInVain));
    }

    /** Endpoints of a Service, all in service. */
    static CandidateList candidates(int number) {
        List<Endpoint> endpoints = IntStream.range(0, number)
                .mapToObj(index -> SampleEndpoint.endpoint("10.244." + index + ".7:8080")
                        .onNode("n" + index)
                        .build())
                .sorted(Endpoint.ORDER)
                .toList();
        return new CandidateList(new EndpointTracks(Ticker.system()::nanos).candidates(endpoints, List.of()), true);
    }
}
