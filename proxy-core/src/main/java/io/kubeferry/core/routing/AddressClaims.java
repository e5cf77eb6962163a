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
import java.util.Collection;
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
 * <p>The same address and port claimed twice goes to the {@linkplain Claimant first}. Where cluster IPs are offered on the
 * loopback network, who holds one wishes for places there, one after the other, and takes the first that nobody with a
 * better right takes. So all follows from who is there, not from who came when (D. Gale, L. S. Shapley, <i>College
 * Admissions and the Stability of Marriage</i>, 1962), and a change costs no more than the contests it touches.
 *
 * <p>Threading: confined to one thread.
 */
final class AddressClaims {
    /** The older Service first, then by name. */
    static final Comparator<ServicePort> SENIORITY =
            Comparator.comparing(ServicePort::created).thenComparing(ServicePort::key);

    private final HostFacts host;
    private final Contests contests = new Contests();
    /** How far each service port has come with its wishes; none where addresses themselves are offered. */
    private final Map<ServicePortKey, Search> searches = new HashMap<>();

    /** An address of a service port, offered at {@code place}. */
    record Claim(ServiceAddress address, ListenAddress place) {}

    /** What one service port got and what it did not get. */
    record Outcome(List<Claim> claims, List<Skipped> skipped) {}

    /** The search of a cluster IP for a place: its wishes before {@code next} have been uttered, and none of them taken back. */
    private static final class Search {
        private final LoopbackPlaces places;
        private final Claimant claimant;
        /** Of the loopback network itself, maybe: then the cluster IP is its own place. */
        private final ListenAddress clusterIp;

        private int next;

        Search(HostFacts host, ServicePort servicePort) {
            places = new LoopbackPlaces(host, servicePort);
            claimant = Claimant.of(servicePort, ServiceAddressKind.CLUSTER_IP).forPlace();
            clusterIp = new ListenAddress(
                    servicePort.addresses().clusterIp(), servicePort.addresses().port());
        }

        Optional<ListenAddress> last() {
            return next == 0 ? Optional.empty() : places.wish(next - 1);
        }
    }

    /** Nobody claims anything yet on {@code host}. */
    AddressClaims(HostFacts host) {
        this.host = host;
    }

    /** Where addresses are claimed. */
    HostFacts host() {
        return host;
    }

    /** Whether both claim the same with the same right: one can stand for the other. */
    @SuppressWarnings("ReferenceEquality") // Snapshots share the entries that did not change.
    static boolean areAlike(ServicePort one, ServicePort other) {
        return one == other
                || (one.addresses().equals(other.addresses())
                        && one.created().equals(other.created())
                        && one.key().equals(other.key()));
    }

    /**
     * Takes the claims of {@code gone} back, which were made, and makes those of {@code come}. Tells what else follows from
     * that than what {@code come} get themselves.
     */
    Contests.Changes change(Collection<ServicePort> gone, Collection<ServicePort> come) {
        gone.forEach(this::leave);
        come.forEach(this::enter);
        contests.settle(new Following());
        return contests.takeChanges();
    }

    /** What {@code servicePort}, one of those that claim, has got. */
    Outcome of(ServicePort servicePort) {
        List<Claim> claims = new ArrayList<>(2);
        List<Skipped> skipped = new ArrayList<>(0);
        for (ServiceAddress address : addresses(servicePort)) {
            ListenAddress wanted = at(address);
            Claimant claimant = Claimant.of(servicePort, address.kind());
            Optional<Claimant> holder = contests.holder(wanted);
            if (host.offeredAt() == OfferedAt.LOOPBACK && isOfOutside(address.kind())) {
                skipped.add(skip(servicePort, address + ": not offered in loopback address mode"));
            } else if (!holder.equals(Optional.of(claimant))) {
                String rival = holder.map(first -> first.servicePort().name().toString())
                        .orElse("");
                skipped.add(skip(servicePort, address + " already belongs to Service " + rival));
            } else {
                place(servicePort, address)
                        .ifPresentOrElse(
                                place -> claims.add(new Claim(address, place)),
                                () -> skipped.add(
                                        skip(servicePort, address + ": no loopback port is left to offer it on")));
            }
        }
        unclaimed(servicePort, skipped);
        return new Outcome(claims, skipped);
    }

    /** Every address that somebody has and every place one is offered at: no endpoint may be one of them. A live view. */
    Set<ListenAddress> served() {
        return contests.held();
    }

    private void enter(ServicePort servicePort) {
        if (host.offeredAt() == OfferedAt.LOOPBACK) {
            searches.put(servicePort.key(), new Search(host, servicePort));
        }
        for (ServiceAddress address : claimed(servicePort)) {
            contests.enter(Claimant.of(servicePort, address.kind()), at(address));
        }
    }

    private void leave(ServicePort servicePort) {
        Search search = searches.remove(servicePort.key());
        if (search != null) {
            takeBack(search, 0);
        }
        for (ServiceAddress address : claimed(servicePort)) {
            contests.leave(Claimant.of(servicePort, address.kind()), at(address));
        }
    }

    /** Takes back the wishes from number {@code first} on. */
    private void takeBack(Search search, int first) {
        for (int index = first; index < search.next; index++) {
            search.places.wish(index).ifPresent(place -> contests.leave(search.claimant, place));
        }
        search.next = Math.min(search.next, first);
    }

    /** Utters wishes until one is fulfilled. */
    private void search(Search search) {
        while (search.next < search.places.count()) {
            Optional<ListenAddress> place = search.places.wish(search.next++);
            if (place.equals(Optional.of(search.clusterIp))) {
                return;
            }
            if (place.isPresent()) {
                contests.enter(search.claimant, place.get());
                if (contests.isFirst(search.claimant, place.get())) {
                    return;
                }
            }
        }
    }

    /** Keeps searches going where they are lost, and takes back what somebody does not need any more. */
    private final class Following implements Contests.Follower {
        @Override
        public void won(Claimant claimant, ListenAddress address) {
            Search search = searches.get(claimant.servicePort());
            if (search == null || claimant.kind() != ServiceAddressKind.CLUSTER_IP) {
                return;
            }
            switch (claimant.purpose()) {
                case ADDRESS -> {
                    if (search.next == 0) {
                        search(search);
                    }
                }
                case PLACE -> {
                    int index = 0;
                    while (index < search.next && !search.places.wish(index).equals(Optional.of(address))) {
                        index++;
                    }
                    takeBack(search, index + 1);
                }
            }
        }

        @Override
        public void lost(Claimant claimant, ListenAddress address) {
            Search search = searches.get(claimant.servicePort());
            if (search == null || claimant.kind() != ServiceAddressKind.CLUSTER_IP) {
                return;
            }
            switch (claimant.purpose()) {
                case ADDRESS -> takeBack(search, 0);
                case PLACE -> {
                    // Unless it has gone on, or has given up, since.
                    if (search.last().equals(Optional.of(address))) {
                        search(search);
                    }
                }
            }
        }
    }

    /** Where {@code address}, which {@code servicePort} has, is offered; empty if there is no place left. */
    private Optional<ListenAddress> place(ServicePort servicePort, ServiceAddress address) {
        if (host.offeredAt() == OfferedAt.OWN_ADDRESSES || address.kind() != ServiceAddressKind.CLUSTER_IP) {
            return Optional.of(at(address));
        }
        Search search = Objects.requireNonNull(searches.get(servicePort.key()));
        return search.last()
                .filter(place ->
                        place.equals(search.clusterIp) || contests.holder(place).equals(Optional.of(search.claimant)));
    }

    /** Those of {@link #addresses} that can be had here at all. */
    private List<ServiceAddress> claimed(ServicePort servicePort) {
        List<ServiceAddress> all = addresses(servicePort);
        return host.offeredAt() == OfferedAt.OWN_ADDRESSES
                ? all
                : all.stream().filter(address -> !isOfOutside(address.kind())).toList();
    }

    private static boolean isOfOutside(ServiceAddressKind kind) {
        return kind == ServiceAddressKind.LOAD_BALANCER || kind == ServiceAddressKind.EXTERNAL_IP;
    }

    /** The addresses of {@code servicePort} on this host in the order of their kinds, each once. */
    private List<ServiceAddress> addresses(ServicePort servicePort) {
        int port = servicePort.addresses().port();
        List<ServiceAddress> addresses = new ArrayList<>(2);
        addresses.add(new ServiceAddress(
                ServiceAddressKind.CLUSTER_IP, servicePort.addresses().clusterIp(), port));
        for (InetAddress ip : servicePort.addresses().loadBalancerIps()) {
            addresses.add(new ServiceAddress(ServiceAddressKind.LOAD_BALANCER, ip, port));
        }
        if (host.externalIps()) {
            for (InetAddress ip : servicePort.addresses().externalIps()) {
                addresses.add(new ServiceAddress(ServiceAddressKind.EXTERNAL_IP, ip, port));
            }
        }
        servicePort.addresses().nodePort().ifPresent(nodePort -> {
            for (InetAddress nodeAddress : host.nodePortAddresses()) {
                if (IpFamily.of(nodeAddress) == servicePort.family()) {
                    addresses.add(new ServiceAddress(ServiceAddressKind.NODE_PORT, nodeAddress, nodePort));
                }
            }
        });
        return addresses.stream().distinct().toList();
    }

    /** What this host does not let anybody claim. */
    private void unclaimed(ServicePort servicePort, List<Skipped> skipped) {
        if (!host.externalIps()) {
            for (InetAddress ip : servicePort.addresses().externalIps()) {
                skipped.add(skip(
                        servicePort,
                        "external IP " + IpAddresses.format(ip) + ": feature gate AllowServiceExternalIPs is off"));
            }
        }
        boolean hasNodeAddress =
                host.nodePortAddresses().stream().anyMatch(address -> IpFamily.of(address) == servicePort.family());
        if (servicePort.addresses().nodePort().isPresent() && !hasNodeAddress) {
            skipped.add(skip(
                    servicePort,
                    "node port " + servicePort.addresses().nodePort().getAsInt() + ": no "
                            + servicePort.family().kubernetesName()
                            + " address of this host is selected for node ports"));
        }
    }

    private static ListenAddress at(ServiceAddress address) {
        return new ListenAddress(address.address(), address.port());
    }

    private static Skipped skip(ServicePort servicePort, String reason) {
        return new Skipped("Service " + servicePort.name().qualifiedService(), servicePort.portLabel(), reason);
    }
}
