package io.kubeferry.agent.translate;

import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.core.model.IpCidr;
import java.util.List;
import java.util.Optional;

/** Reads a ServiceCIDR object. Stateless. */
public final class ServiceCidrTranslator {
    private ServiceCidrTranslator() {}

    /** The event of {@code object} having been added or changed. Never throws. */
    public static ClusterEvent translate(ServiceCIDR object) {
        String name = ObjectFields.nameOf(object.getMetadata()).name();
        FieldReader fields = new FieldReader(ShownText.ofObject("ServiceCIDR " + name));
        List<String> cidrs = object.getSpec() == null
                ? List.of()
                : ObjectFields.orEmpty(object.getSpec().getCidrs());
        List<IpCidr> ranges = cidrs.stream()
                .map(cidr -> fields.cidr("cidrs", cidr))
                .flatMap(Optional::stream)
                .toList();
        return new ClusterEvent.ServiceCidrApplied(name, ranges, fields.skipped());
    }
}
