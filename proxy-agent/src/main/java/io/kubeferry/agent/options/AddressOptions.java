package io.kubeferry.agent.options;

import io.kubeferry.core.net.FirewallMark;
import io.kubeferry.core.routing.NodePortSelection;

/**
 * Where Services are offered, and which address their pods see. Immutable.
 *
 * @param mode how connections get here
 * @param source which address pods see; kube-proxy's {@code masqueradeAll} means {@link SourceAddressMode#NODE}
 * @param nodePorts on which of the node's addresses NodePorts are offered
 * @param localhostNodePorts whether NodePorts may be offered on 127.0.0.1
 * @param mark the bits of packet marks that are ours
 */
public record AddressOptions(
        AddressMode mode,
        SourceAddressMode source,
        NodePortSelection nodePorts,
        boolean localhostNodePorts,
        FirewallMark mark) {
    /** What holds where nobody said. */
    public static final AddressOptions DEFAULT = new AddressOptions(
            AddressMode.AUTO, SourceAddressMode.AUTO, new NodePortSelection.Default(), true, FirewallMark.DEFAULT);

    /** The same with another way for connections to get here. */
    public AddressOptions withMode(AddressMode other) {
        return new AddressOptions(other, source, nodePorts, localhostNodePorts, mark);
    }
}
