package io.kubeferry.agent.translate;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.NodeRecord;
import io.kubeferry.agent.state.ObjectName;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads a Node object. Stateless. */
public final class NodeTranslator {
    static final String ZONE_LABEL = "topology.kubernetes.io/zone";
    static final String DELETION_TAINT = "ToBeDeletedByClusterAutoscaler";

    /** In the order in which kube-proxy prefers them for the node's own address. */
    private static final List<String> ADDRESS_TYPES = List.of("InternalIP", "ExternalIP");

    private NodeTranslator() {}

    /** The event of {@code node} having been added or changed. Never throws. */
    public static ClusterEvent translate(Node node) {
        ObjectMeta metadata = node.getMetadata();
        ObjectName name = ObjectFields.nameOf(metadata);
        FieldReader fields = new FieldReader("Node " + name.name());
        NodeRecord translated = new NodeRecord(
                name.name(), ObjectFields.label(metadata, ZONE_LABEL), addresses(node, fields), isEligible(node));
        return new ClusterEvent.NodeApplied(translated, fields.skipped());
    }

    private static List<InetAddress> addresses(Node node, FieldReader fields) {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        if (node.getStatus() != null) {
            List<NodeAddress> listed = ObjectFields.orEmpty(node.getStatus().getAddresses());
            for (String type : ADDRESS_TYPES) {
                for (NodeAddress candidate : listed) {
                    if (candidate != null && type.equals(candidate.getType())) {
                        fields.address(type, candidate.getAddress()).ifPresent(addresses::add);
                    }
                }
            }
        }
        return List.copyOf(addresses);
    }

    private static boolean isEligible(Node node) {
        boolean beingDeleted = node.getMetadata() != null
                && ObjectFields.nonEmpty(node.getMetadata().getDeletionTimestamp())
                        .isPresent();
        return !beingDeleted && !hasDeletionTaint(node);
    }

    private static boolean hasDeletionTaint(Node node) {
        return node.getSpec() != null
                && ObjectFields.orEmpty(node.getSpec().getTaints()).stream()
                        .anyMatch(taint -> taint != null && DELETION_TAINT.equals(taint.getKey()));
    }
}
