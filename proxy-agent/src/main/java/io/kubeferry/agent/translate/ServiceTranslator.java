package io.kubeferry.agent.translate;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.state.ServiceRecord;
import io.kubeferry.core.model.IpFamily;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Reads a Service as kube-proxy does ({@code pkg/proxy/serviceport.go}, {@code pkg/proxy/util/utils.go}).
 *
 * <p>A value that cannot be used costs only itself. The whole Service is left out only where kube-proxy skips it
 * ({@code ShouldSkipService}), and where none of its cluster IPs or none of its ports can be used. Stateless.
 */
public final class ServiceTranslator {
    private ServiceTranslator() {}

    /** The event of {@code service} having been added or changed. Never throws. */
    public static ClusterEvent translate(Service service) {
        ObjectMeta metadata = service.getMetadata();
        ServiceSpec spec = service.getSpec();
        ObjectName name = ObjectFields.nameOf(metadata);
        FieldReader fields = new FieldReader("Service", name);
        if (name.name().isEmpty()) {
            fields.skipValue("metadata.name", null, "a name");
        } else if (spec == null) {
            fields.skipValue("spec", null, "ports and a cluster IP");
        } else if ("ExternalName".equals(spec.getType())) {
            fields.skip("type ExternalName");
        } else if ("None".equals(spec.getClusterIP())) {
            fields.skip("headless");
        } else if (ObjectFields.nonEmpty(spec.getClusterIP()).isEmpty()) {
            fields.skip("no cluster IP");
        } else {
            return translate(service, spec, name, fields);
        }
        return new ClusterEvent.ServiceIgnored(name, fields.skipped());
    }

    private static ClusterEvent translate(Service service, ServiceSpec spec, ObjectName name, FieldReader fields) {
        Map<IpFamily, InetAddress> clusterIps = ServiceAddressReader.clusterIps(spec, fields);
        List<ServiceRecord.Port> ports = ServicePortReader.tcpPorts(spec, fields);
        if (clusterIps.isEmpty() || ports.isEmpty()) {
            return new ClusterEvent.ServiceIgnored(name, fields.skipped());
        }
        TrafficFieldReader traffic = new TrafficFieldReader(spec, fields);
        ServiceRecord translated = new ServiceRecord(
                name,
                fields.instant(
                                "metadata.creationTimestamp",
                                service.getMetadata().getCreationTimestamp())
                        .orElse(Instant.EPOCH),
                clusterIps,
                ServiceAddressReader.externalIps(spec, clusterIps.keySet(), fields),
                ServiceAddressReader.loadBalancerIps(service.getStatus(), clusterIps.keySet(), fields),
                traffic.sourceRanges(),
                traffic.internalPolicy(),
                traffic.externalPolicy(),
                traffic.affinity(),
                new AnnotationReader(service.getMetadata(), fields).rules(),
                traffic.healthCheckNodePort(),
                ports);
        return new ClusterEvent.ServiceApplied(translated, fields.skipped());
    }
}
