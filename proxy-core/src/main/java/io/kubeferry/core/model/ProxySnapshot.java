package io.kubeferry.core.model;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * The complete state that the data plane should serve.
 *
 * <p>A new snapshot shares every entry that did not change with the one before, so a reader finds the changes by
 * comparing entries with {@code ==}.
 *
 * @param generation grows with every snapshot
 * @param servicePorts every TCP port of every Service that could be served
 */
public record ProxySnapshot(long generation, NodeIdentity node, Map<ServicePortKey, ServicePort> servicePorts) {
    /** Copies the map; its entries are shared. */
    public ProxySnapshot {
        servicePorts = Collections.unmodifiableMap(new HashMap<>(servicePorts));
    }
}
