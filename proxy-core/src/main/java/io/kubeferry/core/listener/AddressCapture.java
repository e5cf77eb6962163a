package io.kubeferry.core.listener;

import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.routing.CapturePlan;
import java.util.Map;

/** Steers connections to Service addresses into listeners of this process. Thread-safe; calls may block. */
public interface AddressCapture {
    /**
     * Does as {@code plan} says from now on.
     *
     * @param listenerPorts by family: where transparent listeners are on that family's loopback address; a family that
     *     this host lacks is absent
     * @throws RuntimeException if the host did not take it; nothing has changed then
     */
    void apply(CapturePlan plan, Map<IpFamily, Integer> listenerPorts);
}
