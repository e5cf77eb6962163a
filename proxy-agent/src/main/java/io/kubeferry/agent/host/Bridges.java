package io.kubeferry.agent.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bridges of this host, from {@code /sys/class/net}. Thread-safe; every call looks anew. */
final class Bridges {
    private static final Logger LOG = LoggerFactory.getLogger(Bridges.class);

    private final Path devices;

    Bridges(Path devices) {
        this.devices = devices;
    }

    static Bridges system() {
        return new Bridges(Path.of("/sys/class/net"));
    }

    /** The hardware address of each bridge, by its name. */
    Map<String, String> macs() {
        Map<String, String> macs = new TreeMap<>();
        try (Stream<Path> all = Files.list(devices)) {
            for (Path device : all.filter(path -> Files.isDirectory(path.resolve("bridge")))
                    .toList()) {
                macs.put(device.getFileName().toString(), read(device.resolve("address")));
            }
        } catch (IOException gone) {
            LOG.debug("could not look at the bridges of this host", gone);
        }
        return macs;
    }

    /** As the kernel gives it at the first read: it knows no size beforehand. */
    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.US_ASCII).trim();
    }
}
