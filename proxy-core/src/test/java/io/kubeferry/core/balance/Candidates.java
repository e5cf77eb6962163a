package io.kubeferry.core.balance;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.testing.ManualTicker;
import io.kubeferry.core.testing.SampleEndpoint;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The endpoints of a service port by number: 10.244.0.N:80. */
final class Candidates {
    final ManualTicker ticker = new ManualTicker();
    private final EndpointTracks tracks = new EndpointTracks(ticker::nanos);
    private final List<Candidate> known = new ArrayList<>();

    CandidateList list(int... numbers) {
        return list(endpoints(numbers));
    }

    CandidateList list(List<Endpoint> endpoints) {
        List<Candidate> list = tracks.candidates(endpoints, known);
        known.addAll(list);
        return new CandidateList(list, true);
    }

    EndpointTrack track(int number) {
        return list(number).all().getFirst().track();
    }

    /** Lets endpoint {@code number} fail so that it is set aside. */
    void setAside(int number) {
        track(number).connectFailed(ticker.nanos(), ticker.nanos());
    }

    List<Candidate> tried(int... numbers) {
        return list(numbers).all();
    }

    static List<Endpoint> endpoints(int... numbers) {
        return IntStream.of(numbers).mapToObj(Candidates::endpoint).toList();
    }

    static Endpoint endpoint(int number) {
        return SampleEndpoint.endpoint("10.244.0." + number + ":80").build();
    }

    /** What {@code picker} chooses for a client's first attempt. */
    static Endpoint pick(EndpointPicker picker, InetAddress client) {
        return Objects.requireNonNull(picker.pick(client, List.of())).endpoint();
    }

    /** What {@code picker} chooses for a first attempt. */
    static Endpoint pick(BalancingPicker picker) {
        return Objects.requireNonNull(picker.pick(List.of())).endpoint();
    }

    static @Nullable Endpoint endpointOf(@Nullable Candidate candidate) {
        return candidate == null ? null : candidate.endpoint();
    }
}
