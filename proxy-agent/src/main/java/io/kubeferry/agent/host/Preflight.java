package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.net.FirewallMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks, before Service addresses are captured, whether this host and this process are fit for it, and what on the host
 * may be in the way. One call, on one thread; changes nothing.
 */
public final class Preflight {
    private static final int CAP_NET_ADMIN = 12;
    private static final Pattern TABLE = Pattern.compile("^table (\\S+ \\S+) \\{$");
    private static final Pattern CHAIN = Pattern.compile("^\\s*chain (\\S+) \\{$");

    private final HostCommands commands;
    private final FirewallMark mark;
    private final Path proc;
    private final Sysctls sysctls;
    private final Bridges bridges;

    /** How good a finding is. */
    public enum Grade {
        /** As it should be. */
        FINE,
        /** Works, but something may not. */
        DOUBTFUL,
        /** Capturing is impossible. */
        IMPOSSIBLE
    }

    /** One thing that was looked at, and what follows from what was seen. */
    public record Finding(Grade grade, String what) {}

    Preflight(HostCommands commands, FirewallMark mark, Path proc, Bridges bridges) {
        this.commands = commands;
        this.mark = mark;
        this.proc = proc;
        this.sysctls = new Sysctls(proc);
        this.bridges = bridges;
    }

    /** For this host, with {@code mark} as what would be used. */
    public static Preflight onThisHost(FirewallMark mark) {
        return new Preflight(new SystemCommands(), mark, Path.of("/proc"), Bridges.system());
    }

    /**
     * Looks at everything.
     *
     * @param alone whether no other Service proxy is expected on this host
     */
    public List<Finding> run(boolean alone) {
        List<Finding> findings = new ArrayList<>();
        findings.add(capability());
        if (isImpossible(findings)) {
            return findings;
        }
        findings.add(routing());
        findings.add(tables());
        if (isImpossible(findings)) {
            return findings;
        }
        findings.addAll(sysctls());
        findings.addAll(rivals());
        String ruleset = commands.run("nft", "-s", "-t", "list", "ruleset").output();
        findings.addAll(droppingChains(ruleset));
        kubeProxy(ruleset, alone).ifPresent(findings::add);
        return findings;
    }

    /** Why capturing is impossible, if it is. */
    public static Optional<String> impossible(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.grade() == Grade.IMPOSSIBLE)
                .map(Finding::what)
                .findFirst();
    }

    private static boolean isImpossible(List<Finding> findings) {
        return impossible(findings).isPresent();
    }

    private Finding capability() {
        try {
            boolean admin = Files.readAllLines(proc.resolve("self/status")).stream()
                    .filter(line -> line.startsWith("CapEff:"))
                    .mapToLong(line -> HexFormat.fromHexDigitsToLong(
                            line.substring("CapEff:".length()).trim()))
                    .anyMatch(capabilities -> (capabilities & (1L << CAP_NET_ADMIN)) != 0);
            return admin
                    ? new Finding(Grade.FINE, "this process has CAP_NET_ADMIN")
                    : new Finding(Grade.IMPOSSIBLE, "this process lacks CAP_NET_ADMIN");
        } catch (IOException | IllegalArgumentException notLinux) {
            return new Finding(Grade.IMPOSSIBLE, "this is not Linux");
        }
    }

    private Finding routing() {
        HostCommands.Outcome rules = commands.run("ip", "rule", "show");
        return rules.succeeded()
                ? new Finding(Grade.FINE, "'ip' works")
                : new Finding(Grade.IMPOSSIBLE, "'ip' does not work: " + LinuxCapture.said(rules));
    }

    /** Has the kernel look at the very table that will be made, without making it. */
    private Finding tables() {
        Map<IpFamily, Integer> ports = Map.of(IpFamily.IPV4, 1, IpFamily.IPV6, 1);
        String script = new NftScript("preflight", new NftRules(mark, List.of()))
                        .replaceTable(NftElements.empty(), ports, List.of())
                + PassedUpPackets.table(mark, "preflight", ports);
        HostCommands.Outcome check = commands.run(List.of("nft", "-c", "-f", "-"), script);
        return check.succeeded()
                ? new Finding(Grade.FINE, "'nft' works and the kernel can do what is needed (tproxy, socket, fib)")
                : new Finding(
                        Grade.IMPOSSIBLE, "'nft' or the kernel cannot do what is needed: " + LinuxCapture.said(check));
    }

    private List<Finding> sysctls() {
        List<Finding> findings = new ArrayList<>();
        for (String name : sysctls.forwarding()) {
            sysctls.read(name)
                    .ifPresent(value -> findings.add(
                            value.equals(Sysctls.OFF)
                                    ? new Finding(
                                            Grade.DOUBTFUL,
                                            Sysctls.dotted(name)
                                                    + "=0: this node forwards no packets between pods and other nodes,"
                                                    + " which a pod network needs as a rule")
                                    : new Finding(Grade.FINE, Sysctls.dotted(name) + "=" + value)));
        }
        for (String name : sysctls.bridgeFiltering()) {
            if (!bridges.macs().isEmpty()) {
                sysctls.read(name)
                        .ifPresent(value -> findings.add(new Finding(
                                Grade.FINE,
                                Sysctls.dotted(name) + "=" + value + " with the bridges "
                                        + bridges.macs().keySet() + " (any value will do)")));
            }
        }
        sysctls.read("net/ipv4/conf/all/rp_filter")
                .ifPresent(value -> findings.add(
                        new Finding(Grade.FINE, "net.ipv4.conf.all.rp_filter=" + value + " (any value will do)")));
        return findings;
    }

    private List<Finding> rivals() {
        List<Finding> findings = new ArrayList<>();
        PolicyRouting routing = new PolicyRouting(commands, mark);
        for (IpFamily family : IpFamily.values()) {
            routing.rivals(family)
                    .forEach(rule -> findings.add(new Finding(
                            Grade.DOUBTFUL,
                            "another program has an " + family.kubernetesName() + " rule at preference "
                                    + PolicyRouting.PREFERENCE + ", where ours goes: '" + rule.trim() + "'")));
        }
        return findings;
    }

    private List<Finding> droppingChains(String ruleset) {
        List<Finding> findings = new ArrayList<>();
        String table = "";
        String chain = "";
        for (String line : ruleset.lines().toList()) {
            Matcher beginTable = TABLE.matcher(line);
            Matcher beginChain = CHAIN.matcher(line);
            if (beginTable.matches()) {
                table = beginTable.group(1);
            } else if (beginChain.matches()) {
                chain = beginChain.group(1);
            } else if (line.contains("hook input ")
                    && line.contains("policy drop")
                    && !NftScript.TABLES.contains(table)) {
                String bit = "0x" + Integer.toHexString(mark.steering());
                findings.add(new Finding(
                        Grade.DOUBTFUL,
                        "chain " + chain + " of table " + table + " drops what it does not know, and connections to"
                                + " Services arrive there: let it accept 'meta mark and " + bit + " == " + bit + "'"));
            }
        }
        return findings;
    }

    private Optional<Finding> kubeProxy(String ruleset, boolean alone) {
        boolean there = ruleset.contains("kube-proxy {") || ruleset.contains("chain KUBE-SERVICES {");
        if (!there) {
            return Optional.empty();
        }
        return Optional.of(
                alone
                        ? new Finding(
                                Grade.DOUBTFUL,
                                "kube-proxy's rules are on this node: what both serve is served here. Give this one"
                                        + " Services of its own with --service-proxy-name, or remove kube-proxy's with"
                                        + " 'kube-proxy --cleanup'")
                        : new Finding(Grade.FINE, "kube-proxy's rules are on this node"));
    }
}
