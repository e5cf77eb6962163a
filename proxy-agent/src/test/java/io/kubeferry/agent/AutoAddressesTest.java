package io.kubeferry.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.AutoAddresses.Decision;
import io.kubeferry.agent.state.NodeRecord;
import io.kubeferry.agent.watch.NodeAnswer;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.testing.Snapshots;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class AutoAddressesTest {
    private static final String CAPTURE_AT = "capture at ";

    record Case(String rule, NodeAnswer answer, String ofThisHost, String obstacle, String expected) {
        @Override
        public String toString() {
            return rule;
        }
    }

    static final List<Case> CASES = List.of(
            new Case(
                    "the own Node has an address of this host",
                    node("172.18.0.2", "203.0.113.7"),
                    "127.0.0.1 172.18.0.2",
                    "",
                    CAPTURE_AT + "172.18.0.2"),
            new Case(
                    "its external address will do",
                    node("172.18.0.2", "203.0.113.7"),
                    "203.0.113.7",
                    "",
                    CAPTURE_AT + "203.0.113.7"),
            new Case("so will an IPv6 one", node("fd00::2"), "127.0.0.1 fd00::2", "", CAPTURE_AT + "fd00::2"),
            new Case(
                    "the Node of a remote cluster",
                    node("172.18.0.2", "fd00::2"),
                    "127.0.0.1 192.168.1.5",
                    "",
                    "loopback: this host has none of the addresses of Node n1 (172.18.0.2, fd00::2)"),
            new Case(
                    "loopback is on every host, so it tells nothing",
                    node("127.0.0.1"),
                    "127.0.0.1 192.168.1.5",
                    "",
                    "loopback: this host has none of the addresses of Node n1 (127.0.0.1)"),
            new Case(
                    "nor does a link-local address",
                    node("fe80::1"),
                    "127.0.0.1 fe80::1",
                    "",
                    "loopback: this host has none of the addresses of Node n1 (fe80::1)"),
            new Case("a Node without an address", node(), "127.0.0.1", "", "loopback: Node n1 has no address"),
            new Case(
                    "no Node object",
                    new NodeAnswer.Missing(),
                    "127.0.0.1 172.18.0.2",
                    "",
                    "loopback: there is no Node object n1"),
            new Case(
                    "an API server that is away",
                    new NodeAnswer.Unknown("API server https://10.0.0.1 cannot be asked: connection refused"),
                    "127.0.0.1 172.18.0.2",
                    "",
                    "loopback in doubt: whether this host is node n1 is unknown, since API server https://10.0.0.1"
                            + " cannot be asked: connection refused"),
            new Case(
                    "the own Node's host, where capturing is impossible",
                    node("172.18.0.2"),
                    "127.0.0.1 172.18.0.2",
                    "this process lacks CAP_NET_ADMIN",
                    "loopback in doubt: this host is node n1, but this process lacks CAP_NET_ADMIN"));

    @ParameterizedTest
    @FieldSource("CASES")
    void onlyTheHostThatTheOwnNodeDescribesIsCaptured(Case given) {
        Decision decision = AutoAddresses.decide(
                "n1",
                given.answer(),
                Stream.of(given.ofThisHost().split(" ")).map(Snapshots::address).toList(),
                () -> Optional.of(given.obstacle()).filter(reason -> !reason.isEmpty()));
        assertThat(text(decision)).isEqualTo(given.expected());
    }

    @Test
    void aHostThatIsNotTheNodeIsNotLookedAt() {
        AtomicInteger looks = new AtomicInteger();
        AutoAddresses.decide("n1", node("172.18.0.2"), List.of(Snapshots.address("127.0.0.1")), () -> {
            looks.incrementAndGet();
            return Optional.empty();
        });
        assertThat(looks).hasValue(0);
    }

    private static NodeAnswer node(String... addresses) {
        return new NodeAnswer.Found(new NodeRecord(
                "n1",
                Optional.empty(),
                Stream.of(addresses).map(Snapshots::address).toList(),
                true));
    }

    private static String text(Decision decision) {
        return switch (decision) {
            case Decision.Capture(var address) -> CAPTURE_AT + IpAddresses.format(address);
            case Decision.Loopback(String reason, boolean doubtful) ->
                (doubtful ? "loopback in doubt: " : "loopback: ") + reason;
        };
    }
}
