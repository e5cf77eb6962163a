package io.kubeferry.agent.status;

import io.kubeferry.core.model.ServicePortName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which Services are asked for. Immutable.
 *
 * @param namespace empty for every one
 * @param service empty for every one; where it is given, more is told of each
 */
record ServiceFilter(Optional<String> namespace, Optional<String> service) {
    static final ServiceFilter ALL = new ServiceFilter(Optional.empty(), Optional.empty());

    /** As the parameters {@code namespace} and {@code service} say. */
    static ServiceFilter of(Map<String, List<String>> query) {
        return new ServiceFilter(first(query, "namespace"), first(query, "service"));
    }

    boolean accepts(ServicePortName name) {
        return namespace.map(name.namespace()::equals).orElse(true)
                && service.map(name.service()::equals).orElse(true);
    }

    private static Optional<String> first(Map<String, List<String>> query, String parameter) {
        return query.getOrDefault(parameter, List.of()).stream().findFirst();
    }
}
