package io.kubeferry.agent.host;

import io.kubeferry.core.net.FirewallMark;
import java.util.ArrayList;
import java.util.List;

/** Removes from a host what {@link LinuxCapture} left on it, and nothing else. One call, on one thread. */
public final class CaptureCleanup {
    private static final String ADMIN_NEEDED = "nothing of nftables can be seen or removed here: ";

    private final HostCommands commands;
    private final PolicyRouting routing;

    /**
     * What was done.
     *
     * @param removed in words
     * @param problems sentences about what could not be removed
     */
    public record Result(List<String> removed, List<String> problems) {}

    CaptureCleanup(HostCommands commands, PolicyRouting routing) {
        this.commands = commands;
        this.routing = routing;
    }

    /** For what was made with {@code mark}. */
    public static CaptureCleanup onThisHost(FirewallMark mark) {
        HostCommands commands = new SystemCommands();
        return new CaptureCleanup(commands, new PolicyRouting(commands, mark));
    }

    /** Removes all. */
    public Result run() {
        List<String> removed = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        // First what steers packets, then what delivers them: the other way round they would leave this host.
        HostCommands.Outcome tables = commands.run("nft", "list", "tables");
        if (!tables.succeeded()) {
            problems.add(ADMIN_NEEDED + LinuxCapture.said(tables));
        }
        for (String table : NftScript.TABLES) {
            if (tables.output().lines().anyMatch(line -> line.trim().equals("table " + table))) {
                HostCommands.Outcome deleted = commands.run(List.of("nft", "-f", "-"), "delete table " + table + "\n");
                if (deleted.succeeded()) {
                    removed.add("table " + table);
                } else {
                    problems.add("cannot remove the table " + table + ": " + LinuxCapture.said(deleted));
                }
            }
        }
        removed.addAll(routing.remove());
        return new Result(removed, problems);
    }
}
