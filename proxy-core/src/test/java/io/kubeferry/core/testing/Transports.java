package io.kubeferry.core.testing;

import io.kubeferry.core.net.Transport;
import io.kubeferry.core.net.TransportPreference;
import java.util.ArrayList;
import java.util.List;

/** The transports that tests run on. */
public final class Transports {
    private Transports() {}

    /** Every transport that this host offers; NIO at least. */
    public static List<TransportPreference> available() {
        List<TransportPreference> available = new ArrayList<>();
        for (TransportPreference preference : TransportPreference.values()) {
            if (preference != TransportPreference.AUTO && isAvailable(preference)) {
                available.add(preference);
            }
        }
        return available;
    }

    /** Those that this host offers which drive sockets of Linux' themselves; none on other systems. */
    public static List<TransportPreference> ofLinux() {
        return available().stream()
                .filter(preference -> preference != TransportPreference.NIO)
                .toList();
    }

    private static boolean isAvailable(TransportPreference preference) {
        try {
            Transport.choose(preference);
            return true;
        } catch (IllegalArgumentException notHere) {
            return false;
        }
    }
}
