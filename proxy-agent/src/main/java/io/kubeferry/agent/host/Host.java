package io.kubeferry.agent.host;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What this machine has and what this process may do on it. Thread-safe; every call looks anew. */
public final class Host {
    private static final Comparator<InetAddress> ADDRESS_ORDER = Comparator.comparingInt(
                    (InetAddress address) -> address.getAddress().length)
            .thenComparing(InetAddress::getHostAddress);

    private final BindRights bindRights;

    /** The machine as the operating system shows it. */
    public Host() {
        this(BindRights.system());
    }

    Host(BindRights bindRights) {
        this.bindRights = bindRights;
    }

    /**
     * The addresses of all interfaces that are up, in a stable order. Empty where they cannot be read.
     */
    public List<InetAddress> interfaceAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(Host::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .distinct()
                    .sorted(ADDRESS_ORDER)
                    .toList();
        } catch (SocketException unreadable) {
            return List.of();
        }
    }

    /** The lowest port that this process may bind; 0 if it may bind any. */
    public int firstUnprivilegedPort() {
        return bindRights.firstUnprivilegedPort();
    }

    /** Whether every address of 127.0.0.0/8 is there without being configured, as on Linux. */
    public boolean hasWholeLoopbackNetwork() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
    }

    /** How many files and sockets this process may have open at once. */
    public long maxFileDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Integer.MAX_VALUE;
    }

    private static boolean isUp(NetworkInterface candidate) {
        try {
            return candidate.isUp();
        } catch (SocketException gone) {
            return false;
        }
    }
}
