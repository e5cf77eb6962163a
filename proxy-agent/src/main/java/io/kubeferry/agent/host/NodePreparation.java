package io.kubeferry.agent.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings the kernel's settings to what {@link Preflight} wants them to be, so that the agent itself needs no right to do
 * so. One call, on one thread; a second call finds nothing to do.
 */
public final class NodePreparation {
    private final Sysctls sysctls;
    private final Bridges bridges;

    /**
     * What was done.
     *
     * @param settings a line for each setting that was looked at, with its old and its new value
     * @param problems sentences about what could not be set
     */
    public record Result(List<String> settings, List<String> problems) {
        /** Freezes the lists. */
        public Result {
            settings = List.copyOf(settings);
            problems = List.copyOf(problems);
        }
    }

    NodePreparation(Sysctls sysctls, Bridges bridges) {
        this.sysctls = sysctls;
        this.bridges = bridges;
    }

    /** For this host. */
    public static NodePreparation onThisHost() {
        return new NodePreparation(new Sysctls(Path.of("/proc")), Bridges.system());
    }

    /**
     * Sets what is not right yet.
     *
     * @param alone whether no other Service proxy is expected on this host
     */
    public Result run(boolean alone) {
        List<String> settings = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String name : sysctls.forwarding()) {
            bring(name, Sysctls.ON, settings, problems);
        }
        for (String name : sysctls.handOver()) {
            bring(name, Sysctls.ON, settings, problems);
        }
        if (!bridges.macs().isEmpty()) {
            for (String name : sysctls.bridgeFiltering()) {
                if (alone) {
                    bring(name, Sysctls.OFF, settings, problems);
                } else {
                    leave(name, settings);
                }
            }
        }
        return new Result(settings, problems);
    }

    private void bring(String name, String wanted, List<String> settings, List<String> problems) {
        Optional<String> before = sysctls.read(name);
        if (before.isEmpty()) {
            return;
        }
        String shown = Sysctls.dotted(name);
        if (isAs(wanted, before.get())) {
            settings.add(shown + ": " + before.get() + ", unchanged");
            return;
        }
        try {
            sysctls.write(name, wanted);
            settings.add(
                    shown + ": " + before.get() + " -> " + sysctls.read(name).orElse(wanted));
        } catch (IOException refused) {
            problems.add("cannot set " + shown + " from " + before.get() + " to " + wanted + ": " + reason(refused)
                    + " (expected: root, in a container a privileged one)");
        }
    }

    /** Another proxy rewrites packets and wants to see those between pods of one bridge. */
    private void leave(String name, List<String> settings) {
        sysctls.read(name)
                .ifPresent(value -> settings.add(Sysctls.dotted(name) + ": " + value + ", unchanged"
                        + (value.equals(Sysctls.OFF) ? "" : ", because the other Service proxy may need it")));
    }

    /** Everything but 0 means on, and some of the kernel's settings have more than two values. */
    private static boolean isAs(String wanted, String value) {
        return value.equals(Sysctls.OFF) == wanted.equals(Sysctls.OFF);
    }

    private static String reason(IOException refused) {
        return switch (refused) {
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(refused.getMessage());
        };
    }
}
