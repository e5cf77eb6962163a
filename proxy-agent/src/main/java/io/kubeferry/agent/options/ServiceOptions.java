package io.kubeferry.agent.options;

import io.kubeferry.core.model.IpCidr;
import java.util.List;
import java.util.Optional;

/**
 * Which Services are served, and how they are read. Immutable.
 *
 * @param proxyName serve exactly the Services whose label {@code service.kubernetes.io/service-proxy-name} has this
 *     value; empty means exactly those without the label
 * @param externalIps whether {@code spec.externalIPs} counts (kube-proxy's gate {@code AllowServiceExternalIPs})
 * @param clusterCidrs where pods get their addresses: at most one range of each family. Empty means unknown, so that
 *     pods count as outsiders under {@code externalTrafficPolicy: Local}
 */
public record ServiceOptions(Optional<String> proxyName, boolean externalIps, List<IpCidr> clusterCidrs) {
    private static final int LABEL_VALUE_LENGTH = 63;

    /** Serve what kube-proxy would, with pod addresses unknown. */
    public static final ServiceOptions DEFAULT = new ServiceOptions(Optional.empty(), true, List.of());

    /** Checks the label value and that there is one range of a family. */
    public ServiceOptions {
        clusterCidrs = List.copyOf(clusterCidrs);
        proxyName.ifPresent(name -> {
            if (name.length() > LABEL_VALUE_LENGTH || !name.matches("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")) {
                throw new InvalidOption("--service-proxy-name", name, "the value of a label");
            }
        });
        if (clusterCidrs.stream().map(IpCidr::family).distinct().count() < clusterCidrs.size()) {
            throw new InvalidOption(
                    "--cluster-cidr",
                    String.join(",", clusterCidrs.stream().map(IpCidr::toString).toList()),
                    "one CIDR, or one of each family");
        }
    }
}
