package io.kubeferry.agent.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * The kernel's settings that matter where Service addresses are captured. Names are paths below {@code /proc/sys}.
 * Thread-safe; every call looks anew.
 */
final class Sysctls {
    static final String OFF = "0";
    static final String ON = "1";
    /** Of a line of if_inet6. */
    private static final int SCOPE_FIELD = 3;

    private final Path proc;

    Sysctls(Path proc) {
        this.proc = proc;
    }

    /** Those of this host. */
    static Sysctls system() {
        return new Sysctls(Path.of("/proc"));
    }

    /** Those that should be {@link #ON}, so that packets of pods leave this node. */
    List<String> forwarding() {
        return hasIpv6Network()
                ? List.of("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding")
                : List.of("net/ipv4/ip_forward");
    }

    /** With which connections in the queue of a listener that closes move to another one of the same address. */
    List<String> handOver() {
        return List.of("net/ipv4/tcp_migrate_req");
    }

    /** With which packets that come over any bridge are shown to the chains of IP. */
    List<String> bridgeFiltering() {
        return List.of("net/bridge/bridge-nf-call-iptables", "net/bridge/bridge-nf-call-ip6tables");
    }

    /** Whether the kernel has br_netfilter: it may be on for one bridge alone. */
    boolean hasBridgeFilter() {
        return bridgeFiltering().stream().anyMatch(name -> Files.exists(path(name)));
    }

    /** The value, where the kernel has such a setting. */
    Optional<String> read(String name) {
        try {
            // At the first read the kernel gives all: it knows no size beforehand.
            return Optional.of(new String(Files.readAllBytes(path(name)), StandardCharsets.US_ASCII).trim());
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    void write(String name, String value) throws IOException {
        Files.writeString(path(name), value + "\n", StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
    }

    /** As people and {@code sysctl} write it. */
    static String dotted(String name) {
        return name.replace('/', '.');
    }

    private Path path(String name) {
        return proc.resolve("sys").resolve(name);
    }

    /** Whether an interface has an IPv6 address that others can reach: its scope is global. */
    private boolean hasIpv6Network() {
        try {
            return Files.readAllLines(proc.resolve("net/if_inet6")).stream()
                    .map(line -> line.trim().split("\\s+"))
                    .anyMatch(fields -> fields.length > SCOPE_FIELD && fields[SCOPE_FIELD].equals("00"));
        } catch (IOException withoutIpv6) {
            return false;
        }
    }
}
