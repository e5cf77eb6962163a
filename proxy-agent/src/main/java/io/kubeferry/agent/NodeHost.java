package io.kubeferry.agent;

import io.kubeferry.agent.host.Host;
import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.routing.HostFacts;
import io.kubeferry.core.routing.NodePortAddresses;
import io.kubeferry.core.routing.OfferedAt;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What this host offers as a node, by the options. Thread-safe; every call looks anew. */
public final class NodeHost {
    private final Host host;
    private final AgentOptions options;

    /** This machine, used as {@code options} say. */
    public NodeHost(AgentOptions options) {
        this(new Host(), options);
    }

    NodeHost(Host host, AgentOptions options) {
        this.host = host;
        this.options = options;
    }

    /**
     * {@code node} with the primary address that the options give it ({@code --bind-address}) ahead of those of its Node
     * object, as kube-proxy has it.
     */
    public NodeIdentity identity(NodeIdentity node) {
        List<InetAddress> addresses = Stream.concat(options.node().primaryAddress().stream(), node.addresses().stream())
                .distinct()
                .toList();
        return new NodeIdentity(node.name(), node.zone(), addresses);
    }

    /** What a plan needs to know to plan for {@code node}. */
    public HostFacts facts(NodeIdentity node) {
        return new HostFacts(
                offeredAt(),
                nodePorts(node).addresses(),
                host.firstUnprivilegedPort(),
                host.hasWholeLoopbackNetwork(),
                options.services().externalIps());
    }

    /** Addresses that were selected for node ports and that this host cannot offer them on. */
    public List<Skipped> skipped(NodeIdentity node) {
        return nodePorts(node).skipped();
    }

    /** The node as far as the options alone tell: before its Node object is known. */
    public NodeIdentity unknownNode() {
        return identity(new NodeIdentity(options.node().name(), options.node().zone(), List.of()));
    }

    /** The IP families that this host can connect to. */
    public Set<IpFamily> families() {
        EnumSet<IpFamily> families = EnumSet.of(IpFamily.IPV4);
        host.interfaceAddresses().stream().map(IpFamily::of).forEach(families::add);
        return families;
    }

    /** How many files and sockets this process may have open. */
    public long maxFileDescriptors() {
        return host.maxFileDescriptors();
    }

    /** Where Service addresses are offered. */
    OfferedAt offeredAt() {
        return options.addresses().mode() == AddressMode.CAPTURE ? OfferedAt.OWN_ADDRESSES : OfferedAt.LOOPBACK;
    }

    private NodePortAddresses nodePorts(NodeIdentity node) {
        NodePortAddresses selected = NodePortAddresses.select(
                options.addresses().nodePorts(), offeredAt(), identity(node), host.interfaceAddresses());
        return options.addresses().localhostNodePorts() ? selected : selected.withoutLoopback();
    }
}
