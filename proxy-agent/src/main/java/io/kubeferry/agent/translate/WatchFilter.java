package io.kubeferry.agent.translate;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.core.model.Skipped;
import java.util.Optional;

/**
 * Which Services and EndpointSlices are this proxy's business, by their labels. A source that cannot leave the choice to
 * the API server's selectors asks here. Immutable.
 *
 * @param serviceProxyName the proxy name that Services must carry to be served here; empty serves those that carry none,
 *     as kube-proxy does
 */
public record WatchFilter(Optional<String> serviceProxyName) {
    /** The label that hands a Service to the proxy of that name. */
    public static final String SERVICE_PROXY_NAME_LABEL = "service.kubernetes.io/service-proxy-name";

    /** The label of slices that no proxy should serve, whatever its value. */
    public static final String HEADLESS_LABEL = "service.kubernetes.io/headless";

    /** What {@code service} amounts to if it is not to be served here; empty if it is. */
    public Optional<ClusterEvent> hide(Service service) {
        Optional<String> carried = ObjectFields.label(service.getMetadata(), SERVICE_PROXY_NAME_LABEL);
        if (carried.equals(serviceProxyName)) {
            return Optional.empty();
        }
        ObjectName name = ObjectFields.nameOf(service.getMetadata());
        String reason = carried.map(other ->
                        "label " + SERVICE_PROXY_NAME_LABEL + "=" + ShownText.of(other) + " hands it to another proxy")
                .orElseGet(() -> "no label " + SERVICE_PROXY_NAME_LABEL + "=" + serviceProxyName.orElse(""));
        return Optional.of(
                new ClusterEvent.ServiceIgnored(name, new Skipped(ShownText.ofObject("Service " + name), "", reason)));
    }

    /** What {@code slice} amounts to if it is not to be used here; empty if it is. */
    public Optional<ClusterEvent> hide(EndpointSlice slice) {
        if (ObjectFields.label(slice.getMetadata(), HEADLESS_LABEL).isEmpty()) {
            return Optional.empty();
        }
        ObjectName name = ObjectFields.nameOf(slice.getMetadata());
        return Optional.of(new ClusterEvent.SliceIgnored(
                name, new Skipped(ShownText.ofObject("EndpointSlice " + name), "", "label " + HEADLESS_LABEL)));
    }
}
