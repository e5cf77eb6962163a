package io.kubeferry.agent.state;

import io.kubeferry.core.model.Endpoint;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.PersistentMap;
import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.ServicePortKey;
import java.net.InetAddress;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What follows from Services and their slices, kept per Service so that a change costs no more than the Service it
 * concerns. Threading: guarded by {@link ClusterState}'s lock.
 */
final class ServedServices {
    private final String nodeName;
    private PersistentMap<ServicePortKey, ServicePort> servicePorts = PersistentMap.empty();
    private final Map<ObjectName, Set<ServicePortKey>> keysByService = new HashMap<>();
    private final Map<ObjectName, List<HealthCheckNodePort>> healthChecks = new HashMap<>();

    /** Endpoints on the node called {@code nodeName} are local; with an empty name none is. */
    ServedServices(String nodeName) {
        this.nodeName = nodeName;
    }

    /** The entries of all Services. */
    PersistentMap<ServicePortKey, ServicePort> servicePorts() {
        return servicePorts;
    }

    /** The health-check ports of all Services. */
    List<HealthCheckNodePort> healthCheckNodePorts() {
        return healthChecks.values().stream().flatMap(List::stream).toList();
    }

    /** Derives everything of {@code service} anew. Entries that come out equal stay the same objects. */
    void rebuild(ServiceRecord service, Collection<SliceRecord> slices) {
        Map<EndpointMerger.SlicePort, List<Endpoint>> endpoints = EndpointMerger.merge(slices);
        Set<ServicePortKey> keys = new HashSet<>();
        for (ServicePort entry : ServicePortBuilder.build(service, endpoints)) {
            keys.add(entry.key());
            if (!entry.equals(servicePorts.get(entry.key()))) {
                servicePorts = servicePorts.with(entry.key(), entry);
            }
        }
        Set<ServicePortKey> previousKeys = keysByService.put(service.name(), keys);
        if (previousKeys != null) {
            previousKeys.stream().filter(key -> !keys.contains(key)).forEach(this::forget);
        }
        if (service.healthCheckNodePort().isPresent()) {
            int port = service.healthCheckNodePort().getAsInt();
            healthChecks.put(service.name(), healthChecks(service, port, endpoints));
        } else {
            healthChecks.remove(service.name());
        }
    }

    /** Forgets everything of {@code service}. */
    void remove(ObjectName service) {
        Set<ServicePortKey> keys = keysByService.remove(service);
        if (keys != null) {
            keys.forEach(this::forget);
        }
        healthChecks.remove(service);
    }

    private void forget(ServicePortKey key) {
        servicePorts = servicePorts.without(key);
    }

    private List<HealthCheckNodePort> healthChecks(
            ServiceRecord service, int port, Map<EndpointMerger.SlicePort, List<Endpoint>> endpoints) {
        Map<IpFamily, Set<InetAddress>> localReady = new EnumMap<>(IpFamily.class);
        endpoints.values().stream()
                .flatMap(List::stream)
                .filter(endpoint -> endpoint.conditions().ready() && endpoint.isOnNode(nodeName))
                .forEach(endpoint -> localReady
                        .computeIfAbsent(IpFamily.of(endpoint.address()), absent -> new HashSet<>())
                        .add(endpoint.address()));
        return service.clusterIps().keySet().stream()
                .sorted()
                .map(family -> new HealthCheckNodePort(
                        service.name(),
                        family,
                        port,
                        localReady.getOrDefault(family, Set.of()).size()))
                .collect(Collectors.toUnmodifiableList());
    }
}
