package io.kubeferry.agent.translate;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpFamily;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the addresses of a Service. Stateless. */
final class ServiceAddressReader {
    private ServiceAddressReader() {}

    /**
     * The cluster IP of each family ({@code GetClusterIPByFamily}): without {@code ipFamilies} it is {@code clusterIP},
     * whatever its family; with them it is the {@code clusterIPs} entry at the family's index.
     */
    static Map<IpFamily, InetAddress> clusterIps(ServiceSpec spec, FieldReader fields) {
        Map<IpFamily, InetAddress> clusterIps = new EnumMap<>(IpFamily.class);
        List<String> families = ObjectFields.orEmpty(spec.getIpFamilies());
        if (families.isEmpty()) {
            fields.address("clusterIP", spec.getClusterIP())
                    .ifPresent(address -> clusterIps.put(IpFamily.of(address), address));
        }
        List<String> addresses = addressesByFamily(spec);
        for (int i = 0; i < Math.min(families.size(), addresses.size()); i++) {
            String field = "clusterIPs[" + i + "]";
            String address = addresses.get(i);
            fields.family("ipFamilies[" + i + "]", families.get(i))
                    .ifPresent(family -> fields.address(field, address, family)
                            .ifPresent(parsed -> clusterIps.putIfAbsent(family, parsed)));
        }
        if (clusterIps.isEmpty() && fields.skipped().isEmpty()) {
            fields.skip("no cluster IP");
        }
        return clusterIps;
    }

    /** {@code clusterIPs}, which the API server fills in from {@code clusterIP} and manifests seldom have. */
    private static List<String> addressesByFamily(ServiceSpec spec) {
        List<String> addresses = ObjectFields.orEmpty(spec.getClusterIPs());
        return addresses.isEmpty() ? List.of(spec.getClusterIP()) : addresses;
    }

    /** External IPs of the {@code families} that the Service has. */
    static List<InetAddress> externalIps(ServiceSpec spec, Set<IpFamily> families, FieldReader fields) {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        for (String text : ObjectFields.orEmpty(spec.getExternalIPs())) {
            reachable("externalIPs", text, families, fields).ifPresent(addresses::add);
        }
        return List.copyOf(addresses);
    }

    /** Load-balancer addresses of the {@code families} that the Service has and that nodes capture. */
    static List<InetAddress> loadBalancerIps(
            @Nullable ServiceStatus status, Set<IpFamily> families, FieldReader fields) {
        Set<InetAddress> addresses = new LinkedHashSet<>();
        if (status != null && status.getLoadBalancer() != null) {
            for (LoadBalancerIngress ingress :
                    ObjectFields.orEmpty(status.getLoadBalancer().getIngress())) {
                if (ingress != null && isCaptured(ingress, fields)) {
                    reachable("status.loadBalancer.ingress", ingress.getIp(), families, fields)
                            .ifPresent(addresses::add);
                }
            }
        }
        return List.copyOf(addresses);
    }

    /** Whether nodes serve the address themselves, which they do unless another mode is written down. */
    private static boolean isCaptured(LoadBalancerIngress ingress, FieldReader fields) {
        String mode = ingress.getIpMode();
        Optional<String> ip = ObjectFields.nonEmpty(ingress.getIp()).map(ShownText::of);
        if (mode == null || mode.equals("VIP") || ip.isEmpty()) {
            return true;
        }
        if (mode.equals("Proxy")) {
            fields.skip("load-balancer IP " + ip.get() + " is left to the load balancer (ipMode Proxy)");
        } else {
            fields.skipValue("ipMode of load-balancer IP " + ip.get(), mode, "VIP or Proxy");
        }
        return false;
    }

    private static Optional<InetAddress> reachable(
            String field, @Nullable String text, Set<IpFamily> families, FieldReader fields) {
        Optional<InetAddress> address = fields.address(field, text);
        if (address.isEmpty() || families.contains(IpFamily.of(address.get()))) {
            return address;
        }
        fields.skip(field + " " + IpAddresses.format(address.get()) + " is without use: no "
                + IpFamily.of(address.get()).kubernetesName() + " cluster IP");
        return Optional.empty();
    }
}
