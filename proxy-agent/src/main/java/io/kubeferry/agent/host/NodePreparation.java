package io.kubeferry.agent.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings the kernel's settings to what {@link Preflight} wants them to be, so that the agent itself needs no right to do
 * so. One call, on one thread; a second call finds nothing to do.
 */
public final class NodePreparation {
    private final Sysctls sysctls;

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

    NodePreparation(Sysctls sysctls) {
        this.sysctls = sysctls;
    }

    /** For this host. */
    public static NodePreparation onThisHost() {
        return new NodePreparation(Sysctls.system());
    }

    /** Sets what is not right yet. */
    public Result run() {
        List<String> settings = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String name : sysctls.forwarding()) {
            turnOn(name, settings, problems);
        }
        for (String name : sysctls.handOver()) {
            turnOn(name, settings, problems);
        }
        return new Result(settings, problems);
    }

    private void turnOn(String name, List<String> settings, List<String> problems) {
        Optional<String> before = sysctls.read(name);
        if (before.isEmpty()) {
            return;
        }
        String shown = Sysctls.dotted(name);
        // Some of the kernel's settings have more than two values.
        if (!before.get().equals(Sysctls.OFF)) {
            settings.add(shown + ": " + before.get() + ", unchanged");
            return;
        }
        try {
            sysctls.write(name, Sysctls.ON);
            settings.add(
                    shown + ": " + before.get() + " -> " + sysctls.read(name).orElse(Sysctls.ON));
        } catch (IOException refused) {
            problems.add("cannot set " + shown + " from " + before.get() + " to " + Sysctls.ON + ": " + reason(refused)
                    + " (expected: root, in a container a privileged one)");
        }
    }

    private static String reason(IOException refused) {
        return switch (refused) {
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(refused.getMessage());
        };
    }
}
