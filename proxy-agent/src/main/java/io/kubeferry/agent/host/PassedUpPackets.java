package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.net.FirewallMark;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steers what bridges pass up while br_netfilter is on. That runs the chains of IP within the bridge. When the packet
 * comes up it still has its mark, but not the listener that TPROXY gave it (ip_rcv drops it), and the chains are not run
 * again (ip_sabotage_in in br_netfilter_hooks.c). So the listener is given once more, by a chain that runs even before
 * that: its priority is the same, the lowest of all, and of hooks with one priority the kernel runs the one first that
 * was registered last (nf_hook_entries_grow in net/netfilter/core.c).
 *
 * <p>br_netfilter registers its hook when a network namespace gets its first bridge, or when its module is loaded. After
 * that the chain has to be registered again. It has a table and, each time, a name of its own, so that this is done without
 * a packet that misses it. Where br_netfilter is off, or switched off, the chain gives a listener for what has one already.
 *
 * <p>Threading: confined to whoever holds the lock of {@link LinuxCapture}.
 */
final class PassedUpPackets {
    /** The family and name of the table. */
    static final String TABLE = "inet kubeferry_passed_up";

    private static final Logger LOG = LoggerFactory.getLogger(PassedUpPackets.class);
    private static final Pattern CHAIN = Pattern.compile("chain (passed_up_\\S+) \\{");

    private final HostCommands commands;
    private final FirewallMark mark;
    private final String owner;
    private boolean filtered;
    private int registrations;

    /**
     * For {@code owner}'s chain.
     *
     * @param owner tells this process from others; a word
     */
    PassedUpPackets(HostCommands commands, FirewallMark mark, String owner) {
        this.commands = commands;
        this.mark = mark;
        this.owner = owner;
    }

    /** Notes whether br_netfilter is there, and says whether it has come since the last time. */
    boolean noteFilter(boolean there) {
        boolean came = there && !filtered;
        filtered = there;
        return came;
    }

    /**
     * Registers a chain of these listeners ahead of all others, and removes former ones; without br_netfilter, the table
     * altogether. A host that does not take it is left without, with a warning.
     */
    void register(Map<IpFamily, Integer> listenerPorts) {
        HostCommands.Outcome before = commands.run(("nft -s -n list table " + TABLE).split(" "));
        if (!filtered) {
            if (before.succeeded()) {
                nft("delete table " + TABLE + "\n");
            }
            return;
        }
        registrations++;
        String chain = "passed_up_" + owner + "_" + registrations;
        HostCommands.Outcome outcome = nft(table(mark, chain, listenerPorts));
        if (!outcome.succeeded()) {
            LOG.warn(
                    "this host does not take what steers packets of pods behind bridges, which reach no Service while"
                            + " net.bridge.bridge-nf-call-iptables is on reason={}",
                    LinuxCapture.said(outcome));
            return;
        }
        // Not in one go with the new one: a packet that is on its way through both could miss both.
        StringBuilder removal = new StringBuilder();
        CHAIN.matcher(before.output())
                .results()
                .map(found -> TABLE + " " + found.group(1))
                .forEach(former -> NftScript.line(removal, "flush chain " + former, "delete chain " + former));
        if (!removal.isEmpty()) {
            nft(removal.toString());
        }
    }

    /** The table with {@code chain}, as {@code nft} is told. Pure. */
    static String table(FirewallMark mark, String chain, Map<IpFamily, Integer> listenerPorts) {
        // The node's own packets come in by loopback, marked before any verdict: they are not meant here.
        String steered = "iif != lo " + NftRules.isMarked("meta", mark.steering()) + " ";
        StringBuilder script = new StringBuilder();
        NftScript.line(script, "table " + TABLE + " {", "chain " + chain + " {");
        NftScript.line(script, "type filter hook prerouting priority " + Integer.MIN_VALUE + "; policy accept;");
        listenerPorts.forEach((family, port) -> NftScript.line(
                script,
                steered + "meta nfproto " + (family == IpFamily.IPV4 ? "ipv4" : "ipv6") + " "
                        + NftRules.toListener(family, port) + " accept"));
        // Nobody listens there just now: the client tries again, and finds the process that comes next.
        NftScript.line(script, steered + "drop", "}", "}");
        return script.toString();
    }

    private HostCommands.Outcome nft(String script) {
        return commands.run(List.of("nft", "-f", "-"), script);
    }
}
