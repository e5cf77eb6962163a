package io.kubeferry.core.routing;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.Skipped;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The addresses of this host on which node ports are offered. Immutable.
 *
 * <p>Follows kube-proxy's {@code NodePortAddresses} ({@code pkg/proxy/util/nodeport_addresses.go}) but for two things.
 * What is unknown or not selected never means "all": an unknown node address selects nothing, and ranges of one family
 * select nothing of the other, because in this mode everything stays on loopback unless somebody says otherwise. And
 * link-local addresses are never offered.
 *
 * @param addresses each once, IPv4 before IPv6, by number; none has a scope
 * @param skipped what was selected and cannot be offered
 */
public record NodePortAddresses(List<InetAddress> addresses, List<Skipped> skipped) {
    private static final InetAddress LOOPBACK = IpAddresses.ofBytes(new byte[] {127, 0, 0, 1});

    /** Freezes the lists. */
    public NodePortAddresses {
        addresses = List.copyOf(addresses);
        skipped = List.copyOf(skipped);
    }

    /**
     * What {@code selection} means for {@code node} on a host whose interfaces have the addresses {@code ofHost}. Where
     * the addresses themselves are offered, the default is the primary addresses and 127.0.0.1.
     */
    public static NodePortAddresses select(
            NodePortSelection selection, OfferedAt offeredAt, NodeIdentity node, List<InetAddress> ofHost) {
        return switch (selection) {
            case NodePortSelection.Default() ->
                switch (offeredAt) {
                    case LOOPBACK -> new NodePortAddresses(List.of(LOOPBACK), List.of());
                    case OWN_ADDRESSES -> withLoopback(primary(offeredAt, node, unscoped(ofHost)));
                };
            case NodePortSelection.Primary() -> primary(offeredAt, node, unscoped(ofHost));
            case NodePortSelection.Ranges(var ranges) ->
                new NodePortAddresses(
                        unscoped(ofHost).stream()
                                .filter(address -> !address.isLinkLocalAddress())
                                .filter(address -> ranges.stream().anyMatch(range -> range.contains(address)))
                                .toList(),
                        List.of());
        };
    }

    /** The same but for loopback ({@code --iptables-localhost-nodeports=false}). */
    public NodePortAddresses withoutLoopback() {
        return new NodePortAddresses(
                addresses.stream()
                        .filter(address -> !address.isLoopbackAddress())
                        .toList(),
                skipped);
    }

    private static NodePortAddresses withLoopback(NodePortAddresses selected) {
        return new NodePortAddresses(
                Stream.concat(Stream.of(LOOPBACK), selected.addresses().stream())
                        .sorted(IpAddresses.ORDER)
                        .toList(),
                selected.skipped());
    }

    private static NodePortAddresses primary(OfferedAt offeredAt, NodeIdentity node, List<InetAddress> ofHost) {
        List<InetAddress> addresses = new ArrayList<>();
        List<Skipped> skipped = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            Optional<InetAddress> primary = node.addresses().stream()
                    .filter(address -> IpFamily.of(address) == family)
                    .findFirst();
            if (primary.isEmpty()) {
                continue;
            }
            Optional<String> objection = objectionTo(primary.get(), offeredAt, ofHost);
            if (objection.isEmpty()) {
                addresses.add(primary.get());
            } else {
                skipped.add(skip(
                        node,
                        "node ports are not offered on its primary address " + IpAddresses.format(primary.get()) + ": "
                                + objection.get()));
            }
        }
        if (node.addresses().isEmpty()) {
            skipped.add(skip(node, "node ports are not offered on its primary address: it is not known"));
        }
        return new NodePortAddresses(addresses, skipped);
    }

    private static Optional<String> objectionTo(InetAddress primary, OfferedAt offeredAt, List<InetAddress> ofHost) {
        if (primary.isLinkLocalAddress()) {
            return Optional.of("it is link-local");
        }
        // Nothing is bound where connections are steered here.
        return offeredAt == OfferedAt.OWN_ADDRESSES || ofHost.contains(primary)
                ? Optional.empty()
                : Optional.of("this host does not have it");
    }

    private static Skipped skip(NodeIdentity node, String reason) {
        return new Skipped("Node " + node.name(), "", reason);
    }

    /** Interfaces give IPv6 addresses a scope, clients and the Node object do not. */
    private static List<InetAddress> unscoped(List<InetAddress> addresses) {
        return addresses.stream()
                .map(address -> IpAddresses.ofBytes(address.getAddress()))
                .distinct()
                .sorted(IpAddresses.ORDER)
                .toList();
    }
}
