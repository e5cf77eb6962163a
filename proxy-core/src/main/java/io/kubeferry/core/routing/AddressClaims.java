package io.kubeferry.core.routing;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ServiceAddress;
import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import io.kubeferry.core.model.Skipped;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which service port has which address, and where that address is offered on this host.
 *
 * <p>The same address and port claimed twice goes to the earlier {@linkplain ServiceAddressKind kind}, then to the
 * older Service, then to the first by name. Unchangeable once settled.
 */
final class AddressClaims {
    /** The older Service first, then by name. */
    static final Comparator<ServicePort> SENIORITY =
            Comparator.comparing(ServicePort::created).thenComparing(ServicePort::key);

    /** Cluster IP, its place and a node port. */
    private static final int USUAL_ADDRESSES = 3;

    private final HostFacts host;
    private final LoopbackPlaces loopback;
    private final Map<ListenAddress, ServicePort> winners;
    private final Map<ServicePortKey, Outcome> outcomes;

    /** An address of a service port, offered at {@code place}. */
    record Claim(ServiceAddress address, ListenAddress place) {}

    /** What one service port got and what it did not get. */
    record Outcome(List<Claim> claims, List<Skipped> skipped) {}

    private AddressClaims(HostFacts host, int servicePorts) {
        this.host = host;
        this.loopback = new LoopbackPlaces(host);
        this.winners = HashMap.newHashMap(USUAL_ADDRESSES * servicePorts);
        this.outcomes = HashMap.newHashMap(servicePorts);
    }

    /** Settles the claims of all service ports, which come in the order of {@link #SENIORITY}. */
    static AddressClaims settle(List<ServicePort> bySeniority, HostFacts host) {
        AddressClaims claims = new AddressClaims(host, bySeniority.size());
        for (ServicePort servicePort : bySeniority) {
            claims.outcomes.put(servicePort.key(), new Outcome(new ArrayList<>(2), new ArrayList<>(0)));
        }
        bySeniority.forEach(claims::claimClusterIp);
        bySeniority.forEach(claims::claimLoadBalancerIps);
        bySeniority.forEach(claims::claimExternalIps);
        bySeniority.forEach(claims::claimNodePort);
        return claims;
    }

    /** Whether both claim the same with the same right: one can stand for the other. */
    @SuppressWarnings("ReferenceEquality") // Snapshots share the entries that did not change.
    static boolean areAlike(ServicePort one, ServicePort other) {
        return one == other
                || (one.addresses().equals(other.addresses())
                        && one.created().equals(other.created())
                        && one.key().equals(other.key()));
    }

    /** What {@code servicePort}, one of those settled, got. */
    Outcome of(ServicePort servicePort) {
        return Objects.requireNonNull(outcomes.get(servicePort.key()));
    }

    /** Every address won and every place one is offered at: no endpoint may be one of them. */
    Set<ListenAddress> served() {
        return Collections.unmodifiableSet(winners.keySet());
    }

    private void claimClusterIp(ServicePort servicePort) {
        ServiceAddress address = new ServiceAddress(
                ServiceAddressKind.CLUSTER_IP,
                servicePort.addresses().clusterIp(),
                servicePort.addresses().port());
        if (!wins(servicePort, address)) {
            return;
        }
        Optional<ListenAddress> place = switch (host.offeredAt()) {
            case LOOPBACK -> loopback.take(servicePort);
            case OWN_ADDRESSES -> Optional.of(new ListenAddress(address.address(), address.port()));
        };
        if (place.isEmpty()) {
            skip(servicePort, address + ": no loopback port is left to offer it on");
            return;
        }
        // Node ports come later and may be wanted on an address of the loopback network.
        winners.put(place.get(), servicePort);
        of(servicePort).claims().add(new Claim(address, place.get()));
    }

    private void claimNodePort(ServicePort servicePort) {
        if (servicePort.addresses().nodePort().isEmpty()) {
            return;
        }
        int nodePort = servicePort.addresses().nodePort().getAsInt();
        boolean hasAddress = false;
        for (InetAddress nodeAddress : host.nodePortAddresses()) {
            if (IpFamily.of(nodeAddress) == servicePort.family()) {
                hasAddress = true;
                ServiceAddress address = new ServiceAddress(ServiceAddressKind.NODE_PORT, nodeAddress, nodePort);
                if (wins(servicePort, address)) {
                    of(servicePort).claims().add(new Claim(address, new ListenAddress(nodeAddress, nodePort)));
                }
            }
        }
        if (!hasAddress) {
            skip(
                    servicePort,
                    "node port " + nodePort + ": no " + servicePort.family().kubernetesName()
                            + " address of this host is selected for node ports");
        }
    }

    private void claimLoadBalancerIps(ServicePort servicePort) {
        for (InetAddress address : servicePort.addresses().loadBalancerIps()) {
            claimAsIs(servicePort, ServiceAddressKind.LOAD_BALANCER, address);
        }
    }

    private void claimExternalIps(ServicePort servicePort) {
        for (InetAddress address : servicePort.addresses().externalIps()) {
            if (host.externalIps()) {
                claimAsIs(servicePort, ServiceAddressKind.EXTERNAL_IP, address);
            } else {
                skip(
                        servicePort,
                        "external IP " + IpAddresses.format(address) + ": feature gate AllowServiceExternalIPs is off");
            }
        }
    }

    private void claimAsIs(ServicePort servicePort, ServiceAddressKind kind, InetAddress ip) {
        ServiceAddress address =
                new ServiceAddress(kind, ip, servicePort.addresses().port());
        switch (host.offeredAt()) {
            case LOOPBACK -> skip(servicePort, address + ": not offered in loopback address mode");
            case OWN_ADDRESSES -> {
                if (wins(servicePort, address)) {
                    of(servicePort).claims().add(new Claim(address, new ListenAddress(ip, address.port())));
                }
            }
        }
    }

    private boolean wins(ServicePort servicePort, ServiceAddress address) {
        ServicePort rival = winners.putIfAbsent(new ListenAddress(address.address(), address.port()), servicePort);
        if (rival != null) {
            skip(servicePort, address + " already belongs to Service " + rival.name());
        }
        return rival == null;
    }

    private void skip(ServicePort servicePort, String reason) {
        of(servicePort)
                .skipped()
                .add(new Skipped("Service " + servicePort.name().qualifiedService(), servicePort.portLabel(), reason));
    }
}
