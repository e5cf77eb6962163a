package io.kubeferry.agent;

import io.kubeferry.agent.state.NodeRecord;
import io.kubeferry.agent.watch.NodeAnswer;
import io.kubeferry.core.model.IpAddresses;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What {@code --addresses auto} comes to: only a process on the very host that the Node object describes may take the
 * cluster's addresses there. Pure.
 */
final class AutoAddresses {
    /** How Service addresses are offered. */
    sealed interface Decision {
        /** They are captured: this host is the Node, at {@code address}. */
        record Capture(InetAddress address) implements Decision {}

        /**
         * Loopback addresses stand for them.
         *
         * @param reason a clause for people
         * @param doubtful whether the user may have wanted something else
         */
        record Loopback(String reason, boolean doubtful) implements Decision {}
    }

    private AutoAddresses() {}

    /**
     * Decides.
     *
     * @param nodeName the name of the own Node
     * @param ofThisHost the addresses of this host's interfaces
     * @param obstacle looks for what makes capturing impossible here; asked only where nothing else speaks against it
     */
    static Decision decide(
            String nodeName,
            NodeAnswer answer,
            Collection<InetAddress> ofThisHost,
            Supplier<Optional<String>> obstacle) {
        return switch (answer) {
            case NodeAnswer.Unknown(String reason) ->
                new Decision.Loopback("whether this host is node " + nodeName + " is unknown, since " + reason, true);
            case NodeAnswer.Missing() -> new Decision.Loopback("there is no Node object " + nodeName, false);
            case NodeAnswer.Found(NodeRecord node) -> {
                Optional<InetAddress> here = node.addresses().stream()
                        .filter(AutoAddresses::tellsHostsApart)
                        .filter(ofThisHost::contains)
                        .findFirst();
                yield here.isEmpty()
                        ? new Decision.Loopback(elsewhere(node), false)
                        : obstacle.get()
                                .<Decision>map(reason -> new Decision.Loopback(
                                        "this host is node " + nodeName + ", but " + reason, true))
                                .orElseGet(() -> new Decision.Capture(here.get()));
            }
        };
    }

    private static boolean tellsHostsApart(InetAddress address) {
        return !address.isLoopbackAddress() && !address.isLinkLocalAddress() && !address.isAnyLocalAddress();
    }

    private static String elsewhere(NodeRecord node) {
        List<InetAddress> addresses = node.addresses();
        return addresses.isEmpty()
                ? "Node " + node.name() + " has no address"
                : "this host has none of the addresses of Node " + node.name() + " ("
                        + addresses.stream().map(IpAddresses::format).collect(Collectors.joining(", ")) + ")";
    }
}
