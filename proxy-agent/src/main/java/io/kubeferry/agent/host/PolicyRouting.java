package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.net.FirewallMark;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The rule and the route by which packets with the steering mark are delivered on this host, whoever they are addressed
 * to. Never more than these: one rule and one route for each family.
 *
 * <p>Threading: confined to whoever holds the lock of {@link LinuxCapture}.
 */
final class PolicyRouting {
    /** Ahead of the rules of pod networks, which begin at 100. */
    static final int PREFERENCE = 90;
    /** A table of routes that nobody else is known to use. */
    static final int TABLE = 27_494;
    /** Who made a route, for those who look at it: a number without a name. */
    private static final String PROTOCOL = "107";

    private final HostCommands commands;
    private final FirewallMark mark;

    PolicyRouting(HostCommands commands, FirewallMark mark) {
        this.commands = commands;
        this.mark = mark;
    }

    /**
     * Adds what is missing for {@code families}, and says what that was.
     *
     * @throws CaptureException if the host does not take it
     */
    List<String> ensure(Set<IpFamily> families) {
        List<String> added = new ArrayList<>();
        for (IpFamily family : families) {
            if (!hasRule(family)) {
                require(commands.run(ruleWords(family, "add")), "rule", family);
                added.add(family.kubernetesName() + " rule");
            }
            if (!hasRoute(family)) {
                require(commands.run(routeWords(family, "replace")), "route", family);
                added.add(family.kubernetesName() + " route");
            }
        }
        return added;
    }

    /** Removes what is there, and says what that was. */
    List<String> remove() {
        List<String> removed = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            // One at a time: another program may have added the same once more.
            while (hasRule(family) && commands.run(ruleWords(family, "del")).succeeded()) {
                removed.add(family.kubernetesName() + " rule");
            }
            if (hasRoute(family) && commands.run(routeWords(family, "del")).succeeded()) {
                removed.add(family.kubernetesName() + " route");
            }
        }
        return removed;
    }

    /** Rules of others with the same preference, as {@code ip} prints them. */
    List<String> rivals(IpFamily family) {
        return commands.run("ip", option(family), "rule", "show")
                .output()
                .lines()
                .filter(line -> line.startsWith(PREFERENCE + ":"))
                .filter(line -> !isOurs(line))
                .toList();
    }

    private boolean hasRule(IpFamily family) {
        return commands.run("ip", option(family), "rule", "show")
                .output()
                .lines()
                .anyMatch(this::isOurs);
    }

    private boolean isOurs(String rule) {
        String bit = "0x" + Integer.toHexString(mark.steering());
        return Pattern.compile(
                        "^" + PREFERENCE + ":\\s+from all fwmark " + bit + "/" + bit + " lookup " + TABLE + "\\b.*")
                .matcher(rule)
                .matches();
    }

    private boolean hasRoute(IpFamily family) {
        return commands.run("ip", option(family), "route", "show", "table", Integer.toString(TABLE))
                .output()
                .lines()
                .anyMatch(line -> line.startsWith("local default dev lo"));
    }

    private String[] ruleWords(IpFamily family, String verb) {
        String bit = "0x" + Integer.toHexString(mark.steering());
        return new String[] {
            "ip",
            option(family),
            "rule",
            verb,
            "pref",
            Integer.toString(PREFERENCE),
            "fwmark",
            bit + "/" + bit,
            "lookup",
            Integer.toString(TABLE),
            "protocol",
            PROTOCOL
        };
    }

    private static String[] routeWords(IpFamily family, String verb) {
        return new String[] {
            "ip",
            option(family),
            "route",
            verb,
            "local",
            "default",
            "dev",
            "lo",
            "table",
            Integer.toString(TABLE),
            "proto",
            PROTOCOL
        };
    }

    private static String option(IpFamily family) {
        return family == IpFamily.IPV4 ? "-4" : "-6";
    }

    private static void require(HostCommands.Outcome outcome, String what, IpFamily family) {
        if (!outcome.succeeded()) {
            throw new CaptureException("cannot add the " + family.kubernetesName() + " " + what
                    + " that brings captured packets here: " + outcome.output().trim());
        }
    }
}
