package io.kubeferry.agent.translate;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ServiceRecord;
import io.kubeferry.agent.state.SliceRecord;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.Skipped;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/** API objects for tests, written as users write them, and what comes of them in words. */
final class Yaml {
    private Yaml() {}

    /** Service {@code shop/web} with {@code spec}, in JSON or YAML flow style. */
    static Service serviceWith(String spec) {
        return service("{metadata: {namespace: shop, name: web}, spec: " + spec + "}");
    }

    static Service service(String yaml) {
        return parse(yaml, Service.class);
    }

    /** A slice of {@code shop/web} with the given ports and endpoints in YAML flow style. */
    static EndpointSlice sliceWith(String ports, String endpoints) {
        return slice("""
                metadata: {namespace: shop, name: web-1, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                ports: %s
                endpoints: %s
                """.formatted(ports, endpoints));
    }

    static EndpointSlice slice(String yaml) {
        return parse(yaml, EndpointSlice.class);
    }

    static Node node(String yaml) {
        return parse(yaml, Node.class);
    }

    /** The document mark keeps a leading brace from being taken for JSON. */
    private static <T> T parse(String yaml, Class<T> type) {
        return Serialization.unmarshal("---\n" + yaml, type);
    }

    static ServiceRecord served(Service service) {
        return ((ClusterEvent.ServiceApplied) ServiceTranslator.translate(service)).service();
    }

    static SliceRecord used(EndpointSlice slice) {
        return ((ClusterEvent.SliceApplied) EndpointSliceTranslator.translate(slice)).slice();
    }

    /** What {@code event} leaves out, one line each. */
    static List<String> skipped(ClusterEvent event) {
        Stream<Skipped> skipped = switch (event) {
            case ClusterEvent.ServiceApplied applied -> applied.skipped().stream();
            case ClusterEvent.ServiceIgnored ignored -> ignored.skipped().stream();
            case ClusterEvent.SliceApplied applied -> applied.skipped().stream();
            case ClusterEvent.SliceIgnored ignored -> Stream.of(ignored.reason());
            case ClusterEvent.NodeApplied applied -> applied.skipped().stream();
            case ClusterEvent.ServiceCidrApplied applied -> applied.skipped().stream();
            case ClusterEvent.ServiceRemoved _,
                    ClusterEvent.SliceRemoved _,
                    ClusterEvent.NodeRemoved _,
                    ClusterEvent.ServiceCidrRemoved _ -> Stream.of();
        };
        return skipped.map(Skipped::toString).toList();
    }

    static List<String> texts(List<InetAddress> addresses) {
        return addresses.stream().map(IpAddresses::format).toList();
    }
}
