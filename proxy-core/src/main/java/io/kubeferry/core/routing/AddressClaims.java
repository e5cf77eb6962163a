package io.kubeferry.core.routing;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.ServiceAddress;
import io.kubeferry.core.model.ServiceAddressKind;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.Skipped;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Settles which service port gets which address, and where that address is offered on this host.
 *
 * <p>The same address and port claimed twice goes to the earlier {@linkplain ServiceAddressKind kind}, then to the
 * older Service, then to the first by name. Pure; confined to one planning pass.
 */
final class AddressClaims {
    private static final Comparator<ServicePort> SENIORITY =
            Comparator.comparing(ServicePort::created).thenComparing(ServicePort::key);

    private final HostFacts host;
    private final LoopbackPlaces loopback;
    private final Map<ListenAddress, ServicePort> winners = new HashMap<>();
    private final List<Claim> claims = new ArrayList<>();
    private final List<Skipped> skipped = new ArrayList<>();

    /** An address that {@code servicePort} has, offered at {@code place}. */
    record Claim(ServicePort servicePort, ServiceAddress address, ListenAddress place) {}

    AddressClaims(HostFacts host) {
        this.host = host;
        this.loopback = new LoopbackPlaces(host);
    }

    /** Settles the claims of {@code servicePorts}. Called once. */
    void settle(Iterable<ServicePort> servicePorts) {
        List<ServicePort> bySeniority = new ArrayList<>();
        servicePorts.forEach(bySeniority::add);
        bySeniority.sort(SENIORITY);
        bySeniority.forEach(this::claimClusterIp);
        bySeniority.forEach(this::skipUnofferedAddresses);
        bySeniority.forEach(this::claimNodePorts);
    }

    /** Every address that is offered. */
    List<Claim> claims() {
        return claims;
    }

    /** Every address that is not, with the reason. */
    List<Skipped> skipped() {
        return skipped;
    }

    /** All addresses that Services of this host have, offered or not: no endpoint may be one of them. */
    Set<ListenAddress> served() {
        return winners.keySet();
    }

    private void claimClusterIp(ServicePort servicePort) {
        ServiceAddress address = new ServiceAddress(
                ServiceAddressKind.CLUSTER_IP,
                servicePort.addresses().clusterIp(),
                servicePort.addresses().port());
        if (!wins(servicePort, address)) {
            return;
        }
        Optional<ListenAddress> place = loopback.take(servicePort);
        if (place.isEmpty()) {
            skip(servicePort, address + ": no loopback port is left to offer it on");
            return;
        }
        // Two cluster IPs never share a place, but a node port may lie on one that somebody selected.
        winners.put(place.get(), servicePort);
        claims.add(new Claim(servicePort, address, place.get()));
    }

    private void claimNodePorts(ServicePort servicePort) {
        if (servicePort.addresses().nodePort().isEmpty()) {
            return;
        }
        int nodePort = servicePort.addresses().nodePort().getAsInt();
        List<InetAddress> ofFamily = host.nodePortAddresses().stream()
                .filter(address -> IpFamily.of(address) == servicePort.family())
                .toList();
        if (ofFamily.isEmpty()) {
            skip(
                    servicePort,
                    "node port " + nodePort + ": this host has no "
                            + servicePort.family().kubernetesName() + " address selected for node ports");
        }
        for (InetAddress nodeAddress : ofFamily) {
            ServiceAddress address = new ServiceAddress(ServiceAddressKind.NODE_PORT, nodeAddress, nodePort);
            if (wins(servicePort, address)) {
                claims.add(new Claim(servicePort, address, new ListenAddress(nodeAddress, nodePort)));
            }
        }
    }

    private void skipUnofferedAddresses(ServicePort servicePort) {
        for (InetAddress address : servicePort.addresses().loadBalancerIps()) {
            skipUnoffered(servicePort, ServiceAddressKind.LOAD_BALANCER, address);
        }
        for (InetAddress address : servicePort.addresses().externalIps()) {
            skipUnoffered(servicePort, ServiceAddressKind.EXTERNAL_IP, address);
        }
    }

    private void skipUnoffered(ServicePort servicePort, ServiceAddressKind kind, InetAddress address) {
        skip(
                servicePort,
                new ServiceAddress(kind, address, servicePort.addresses().port())
                        + ": not offered in loopback address mode");
    }

    private boolean wins(ServicePort servicePort, ServiceAddress address) {
        ServicePort rival = winners.putIfAbsent(new ListenAddress(address.address(), address.port()), servicePort);
        if (rival != null) {
            skip(
                    servicePort,
                    address.kind().displayName() + " " + IpAddresses.format(address.address(), address.port())
                            + " already belongs to Service " + rival.name());
        }
        return rival == null;
    }

    private void skip(ServicePort servicePort, String reason) {
        skipped.add(new Skipped("Service " + servicePort.name().qualifiedService(), servicePort.portLabel(), reason));
    }
}
