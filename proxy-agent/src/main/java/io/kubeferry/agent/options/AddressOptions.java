package io.kubeferry.agent.options;

import io.kubeferry.core.routing.NodePortSelection;

/**
 * Where Services are offered, and which address their pods see. Immutable.
 *
 * @param mode how connections get here
 * @param source which address pods see; kube-proxy's {@code masqueradeAll} means {@link SourceAddressMode#NODE}
 * @param nodePorts on which of the node's addresses NodePorts are offered
 * @param localhostNodePorts whether NodePorts may be offered on 127.0.0.1
 */
public record AddressOptions(
        AddressMode mode, SourceAddressMode source, NodePortSelection nodePorts, boolean localhostNodePorts) {
    /** What holds where nobody said. */
    public static final AddressOptions DEFAULT =
            new AddressOptions(AddressMode.AUTO, SourceAddressMode.AUTO, new NodePortSelection.Default(), true);
}
