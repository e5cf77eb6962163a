package io.kubeferry.agent.http;

import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Decides by the {@code Host} header whether a request is meant for this server. A page in a browser can be made to
 * reach a local address under a name of its author's (DNS rebinding), but never under the address itself. Thread-safe.
 */
@FunctionalInterface
public interface HostCheck {
    /** Whether to answer; {@code host} is the header as it came, if it came. */
    boolean accepts(Optional<String> host);

    /** Answers whatever the header says. */
    static HostCheck none() {
        return host -> true;
    }

    /** Answers to IP addresses, to {@code localhost}, and to {@code names}. */
    static HostCheck addressesAnd(Set<String> names) {
        Set<String> accepted = Set.copyOf(
                names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
        return host -> host.map(HostCheck::withoutPort)
                .map(name -> NetUtil.isValidIpV4Address(name)
                        || NetUtil.isValidIpV6Address(name)
                        || name.equals("localhost")
                        || accepted.contains(name))
                .orElse(false);
    }

    private static String withoutPort(String host) {
        String name = host.strip().toLowerCase(Locale.ROOT);
        if (name.startsWith("[")) {
            int end = name.indexOf(']');
            return end < 0 ? name : name.substring(1, end);
        }
        int colon = name.lastIndexOf(':');
        return colon < 0 ? name : name.substring(0, colon);
    }
}
