package io.kubeferry.agent.options;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * Which node this process serves. Immutable.
 *
 * @param name as Node object and endpoints spell it: trimmed and in lower case (kube-proxy: {@code nodeutil.GetHostname})
 * @param zone the zone to assume where there is no Node object to tell; empty means none
 * @param bindAddress the node's primary address; the unspecified address means: ask the Node object, and only the family
 *     is given. No socket is bound to it (kube-proxy's name for it)
 */
public record NodeOptions(String name, Optional<String> zone, InetAddress bindAddress) {
    /** Brings the name into its canonical form, and checks that something is left of it. */
    public NodeOptions {
        if (name.isBlank()) {
            throw new InvalidOption("--hostname-override", name, "the name of a Node");
        }
        name = name.trim().toLowerCase(Locale.ROOT);
        zone = zone.map(String::trim).filter(value -> !value.isEmpty());
    }

    /** The node's primary address, if the user gave one. */
    public Optional<InetAddress> primaryAddress() {
        return Optional.of(bindAddress).filter(address -> !address.isAnyLocalAddress());
    }
}
