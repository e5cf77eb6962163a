package io.kubeferry.agent.metrics;

import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The upper bounds of kube-proxy's and client-go's histograms. */
final class Buckets {
    /** 1 ms, doubled fourteen times. */
    static final Duration[] SYNC = IntStream.range(0, 15)
            .mapToObj(power -> Duration.ofMillis(1L << power))
            .toArray(Duration[]::new);

    /** Fine below a second, by the second to 59, by five to 115, by thirty to 300. */
    static final Duration[] NETWORK_PROGRAMMING = Stream.of(
                    LongStream.of(250, 500),
                    LongStream.rangeClosed(1, 59).map(seconds -> seconds * 1000),
                    LongStream.rangeClosed(12, 23).map(fives -> fives * 5000),
                    LongStream.rangeClosed(4, 10).map(thirties -> thirties * 30_000))
            .flatMap(LongStream::boxed)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    /** {@code k8s.io/component-base/metrics/prometheus/restclient}. */
    static final Duration[] REST_CLIENT = LongStream.of(
                    5, 25, 100, 250, 500, 1000, 2000, 4000, 8000, 15_000, 30_000, 60_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private Buckets() {}
}
