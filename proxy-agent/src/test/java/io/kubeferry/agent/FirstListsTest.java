package io.kubeferry.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.state.ClusterContents;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ClusterState;
import io.kubeferry.agent.state.NodeRecord;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.state.ServiceRecord;
import io.kubeferry.agent.state.SliceRecord;
import io.kubeferry.agent.watch.ClusterListener;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.model.SessionAffinity;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.model.TrafficPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** A cluster that an earlier process has left becomes the one that the source tells. */
class FirstListsTest {
    private static final NodeRecord NODE = new NodeRecord("n1", Optional.of("a"), List.of(), true);
    private static final IpCidr RANGE = IpCidr.parse("10.96.0.0/16").orElseThrow();
    private static final IpCidr OTHER_RANGE = IpCidr.parse("10.97.0.0/16").orElseThrow();
    private static final ClusterContents LEFT = new ClusterContents(
            Optional.of(NODE),
            List.of(service("kept", "10.96.0.1"), service("gone", "10.96.0.2"), service("ignored", "10.96.0.3")),
            List.of(slice("kept-1", "kept"), slice("kept-2", "kept"), slice("gone-1", "gone")),
            Map.of("kubernetes", List.of(RANGE), "more", List.of(OTHER_RANGE)));

    private static final ClusterContents NOTHING =
            new ClusterContents(Optional.empty(), List.of(), List.of(), Map.of());

    /** Of a process that adopts later. */
    private final ClusterState late = new ClusterState("n1", Optional.empty(), Instant.EPOCH);

    private final ClusterState state = new ClusterState("n1", Optional.empty(), Instant.EPOCH);
    private final List<String> told = new ArrayList<>();
    private final FirstLists lists = new FirstLists(
            new ClusterListener() {
                @Override
                public void onEvent(ClusterEvent event) {
                    state.apply(event);
                }

                @Override
                public void onSynced() {
                    told.add("synced with " + state.contents().services().size());
                }
            },
            LEFT,
            () -> told.add("before"));

    FirstListsTest() {
        LEFT.events().forEach(state::apply);
    }

    @Test
    void whatIsLeftIsWhatWasThere() {
        assertThat(state.contents().services()).containsExactlyInAnyOrderElementsOf(LEFT.services());
        assertThat(state.contents().slices()).containsExactlyInAnyOrderElementsOf(LEFT.slices());
        assertThat(state.contents().node()).isEqualTo(LEFT.node());
        assertThat(state.contents().serviceRanges()).isEqualTo(LEFT.serviceRanges());
    }

    @Test
    void whatTheSourceDoesNotNameIsGoneWhenItsListsAreComplete() {
        ProxySnapshot before = state.snapshot();
        tellAll();
        assertThat(state.contents().services()).as("before they are").hasSize(2);
        lists.onSynced();

        assertThat(names(state.contents())).containsExactly("kept");
        assertThat(state.contents().slices())
                .extracting(slice -> slice.name().name())
                .containsExactly("kept-1");
        assertThat(told).containsExactly("before", "synced with 1");
        assertThat(state.snapshot().servicePorts())
                .as("what is the same stays the same object")
                .hasSize(1)
                .allSatisfy((key, servicePort) ->
                        assertThat(servicePort).isSameAs(before.servicePorts().get(key)));
    }

    @Test
    void theNodeStaysUntilItIsTold() {
        lists.onSynced();
        assertThat(state.node()).contains(NODE);
        NodeRecord other = new NodeRecord("n1", Optional.of("b"), List.of(), true);
        lists.onEvent(new ClusterEvent.NodeApplied(other));
        assertThat(state.node()).contains(other);
    }

    @Test
    void rangesOfServicesStayUntilTheSourceTellsAny() {
        lists.onSynced();
        assertThat(state.snapshot().serviceRanges()).containsExactlyInAnyOrder(RANGE, OTHER_RANGE);
        lists.onEvent(new ClusterEvent.ServiceCidrApplied("kubernetes", List.of(RANGE), List.of()));
        assertThat(state.snapshot().serviceRanges()).containsExactly(RANGE);
    }

    @Test
    void rangesThatAreToldInTimeAreAllThatCount() {
        lists.onEvent(new ClusterEvent.ServiceCidrApplied("more", List.of(OTHER_RANGE), List.of()));
        assertThat(state.snapshot().serviceRanges()).containsExactlyInAnyOrder(RANGE, OTHER_RANGE);
        lists.onSynced();
        assertThat(state.snapshot().serviceRanges()).containsExactly(OTHER_RANGE);
    }

    @Test
    void afterTheFirstListsEventsAreHandedOnAsTheyAre() {
        tellAll();
        lists.onSynced();
        lists.onEvent(new ClusterEvent.ServiceApplied(service("new", "10.96.0.9"), List.of()));
        lists.onEvent(new ClusterEvent.ServiceRemoved(name("kept")));
        assertThat(names(state.contents())).containsExactly("new");
    }

    @Test
    void whatIsAdoptedIsOlderThanWhatTheSourceHasToldOf() {
        FirstLists empty = new FirstLists(new Into(late), NOTHING, () -> told.add("not any more"));
        empty.onEvents(List.of(
                new ClusterEvent.ServiceApplied(service("kept", "10.96.0.200"), List.of()),
                new ClusterEvent.ServiceRemoved(name("gone")),
                new ClusterEvent.SliceRemoved(new ObjectName("shop", "kept-2")),
                new ClusterEvent.ServiceCidrRemoved("more")));
        empty.adopt(LEFT, events -> events.forEach(late::apply), () -> told.add("before"));

        assertThat(names(late.contents())).containsExactlyInAnyOrder("kept", "ignored");
        assertThat(late.contents().services()).contains(service("kept", "10.96.0.200"));
        assertThat(late.contents().slices())
                .extracting(slice -> slice.name().name())
                .as("of Services that are there")
                .containsExactly("kept-1");
        assertThat(late.node()).contains(NODE);
        assertThat(late.contents().serviceRanges()).containsOnlyKeys("kubernetes");

        empty.onSynced();
        assertThat(names(late.contents())).as("what the lists did not name").containsExactly("kept");
        assertThat(late.contents().slices()).isEmpty();
        assertThat(told).containsExactly("before");
    }

    @Test
    void nothingIsAdoptedOnceTheListsAreComplete() {
        FirstLists empty = new FirstLists(new Into(late), NOTHING, () -> {});
        empty.onSynced();
        assertThat(empty.isSynced()).isTrue();
        empty.adopt(LEFT, events -> told.add("served"), () -> told.add("before"));

        assertThat(told).isEmpty();
    }

    private record Into(ClusterState state) implements ClusterListener {
        @Override
        public void onEvent(ClusterEvent event) {
            state.apply(event);
        }

        @Override
        public void onSynced() {}
    }

    private void tellAll() {
        lists.onEvents(List.of(
                new ClusterEvent.ServiceApplied(service("kept", "10.96.0.1"), List.of()),
                new ClusterEvent.ServiceIgnored(name("ignored"), new Skipped("Service shop/ignored", "", "headless")),
                new ClusterEvent.SliceApplied(slice("kept-1", "kept"), List.of())));
    }

    private static List<String> names(ClusterContents contents) {
        return contents.services().stream()
                .map(service -> service.name().name())
                .toList();
    }

    private static ObjectName name(String name) {
        return new ObjectName("shop", name);
    }

    private static ServiceRecord service(String name, String clusterIp) {
        return new ServiceRecord(
                name(name),
                Instant.EPOCH,
                Map.of(IpFamily.IPV4, IpAddresses.parse(clusterIp).orElseThrow()),
                List.of(),
                List.of(),
                List.of(),
                TrafficPolicy.CLUSTER,
                TrafficPolicy.CLUSTER,
                new SessionAffinity.None(),
                ConnectionRules.DEFAULT,
                OptionalInt.empty(),
                List.of(new ServiceRecord.Port("http", 80, OptionalInt.empty())));
    }

    private static SliceRecord slice(String name, String service) {
        return new SliceRecord(name(name), name(service), IpFamily.IPV4, List.of(), List.of(), Optional.empty());
    }
}
