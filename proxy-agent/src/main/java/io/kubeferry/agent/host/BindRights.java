package io.kubeferry.agent.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Which ports this process may bind.
 *
 * <p>Linux: all of them with CAP_NET_BIND_SERVICE, else those from {@code net.ipv4.ip_unprivileged_port_start} on.
 * Elsewhere: all for root, else those from 1024 on. Immutable; reads the files anew at every call.
 */
final class BindRights {
    private static final int CAP_NET_BIND_SERVICE = 10;
    private static final int USUAL_FIRST_PORT = 1_024;
    private static final int MAX_SETTING_BYTES = 32;

    private final Path portStart;
    private final Path processStatus;
    private final boolean root;

    BindRights(Path portStart, Path processStatus, boolean root) {
        this.portStart = portStart;
        this.processStatus = processStatus;
        this.root = root;
    }

    static BindRights system() {
        return new BindRights(
                Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start"),
                Path.of("/proc/self/status"),
                "root".equals(System.getProperty("user.name")));
    }

    int firstUnprivilegedPort() {
        OptionalLong capabilities = effectiveCapabilities();
        boolean privileged =
                capabilities.isPresent() ? (capabilities.getAsLong() & (1L << CAP_NET_BIND_SERVICE)) != 0 : root;
        return privileged ? 0 : readPortStart().orElse(USUAL_FIRST_PORT);
    }

    private OptionalInt readPortStart() {
        // One large read: the kernel gives a sysctl's text to the first read only, and Files.readString begins with a
        // byte.
        try (InputStream setting = Files.newInputStream(portStart)) {
            byte[] text = new byte[MAX_SETTING_BYTES];
            int length = Math.max(0, setting.read(text));
            return OptionalInt.of(Integer.parseInt(new String(text, 0, length, StandardCharsets.US_ASCII).trim()));
        } catch (IOException | NumberFormatException notLinux) {
            return OptionalInt.empty();
        }
    }

    private OptionalLong effectiveCapabilities() {
        try {
            return Files.readAllLines(processStatus).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .mapToLong(line -> HexFormat.fromHexDigitsToLong(
                            line.substring("CapEff:".length()).trim()))
                    .findFirst();
        } catch (IOException | IllegalArgumentException notLinux) {
            return OptionalLong.empty();
        }
    }
}
