package io.kubeferry.agent;

import io.kubeferry.agent.watch.manifests.ManifestSource;
import io.kubeferry.core.net.Transport;
import java.math.BigDecimal;
import java.util.Set;

/**
 * Loads what takes a start long to load, on a thread of its own: while the main thread reads the command line, there is a core to
 * spare. Who needs something that is being loaded waits for it, and who needs it without this loads it.
 */
public final class EarlyLoading {
    /** What can be loaded early. */
    public enum Part {
        /** What manifests are read with. */
        MANIFESTS,
        /** The transport that is preferred where the host has it. */
        TRANSPORT
    }

    private EarlyLoading() {}

    /** Begins to load {@code parts}, and returns at once. */
    public static void begin(Set<Part> parts) {
        Thread _ = Thread.ofPlatform().daemon().name("early-loading").start(() -> load(parts));
    }

    private static void load(Set<Part> parts) {
        // First what the main thread waits for first: whatever parses JSON or YAML needs it, and it computes large
        // powers of five.
        var _ = BigDecimal.ONE;
        if (parts.contains(Part.MANIFESTS)) {
            ManifestSource.prepare();
        }
        if (parts.contains(Part.TRANSPORT)) {
            Transport.prepare();
        }
    }
}
