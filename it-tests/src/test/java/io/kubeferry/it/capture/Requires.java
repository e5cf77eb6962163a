package io.kubeferry.it.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What these tests need of the machine. In CI they must have it; elsewhere they are skipped. */
public final class Requires {
    private Requires() {}

    /** Root on Linux, with {@code ip} and {@code nft}. */
    public static void rootAndTools() {
        boolean there = "root".equals(System.getProperty("user.name"))
                && Stream.of("ip", "nft", "sysctl").allMatch(Requires::isInstalled);
        if (System.getenv("CI") != null) {
            assertThat(there).as("root, 'ip', 'nft' and 'sysctl' in CI").isTrue();
        }
        assumeTrue(there, "needs root on Linux, with iproute2, nftables and procps");
    }

    /** br_netfilter, built in or loaded. */
    static void bridgeFilter() {
        boolean there = Files.exists(Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables"));
        if (System.getenv("CI") != null) {
            assertThat(there).as("br_netfilter in CI").isTrue();
        }
        assumeTrue(there, "needs br_netfilter: modprobe br_netfilter");
    }

    private static boolean isInstalled(String program) {
        return Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin")
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
