package io.kubeferry.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.host.Preflight.Finding;
import io.kubeferry.agent.host.Preflight.Grade;
import io.kubeferry.core.net.FirewallMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
    private final FakeCommands host = new FakeCommands();

    @TempDir
    private Path folder;

    @BeforeEach
    void makeAFitHost() throws IOException {
        write("proc/self/status", "Name:\tjava\nCapEff:\t0000000000001000\n");
        write("proc/sys/net/ipv4/ip_forward", "1\n");
        write("proc/sys/net/ipv6/conf/all/forwarding", "0\n");
        write("proc/sys/net/ipv4/conf/all/rp_filter", "1\n");
        write("proc/net/if_inet6", "fe800000000000000000000000000001 02 40 20 80     eth0\n");
        Files.createDirectories(folder.resolve("devices"));
    }

    @Test
    void aFitHostHasNothingInTheWay() {
        assertThat(run())
                .isNotEmpty()
                .allSatisfy(finding ->
                        assertThat(finding.grade()).as(finding.what()).isEqualTo(Grade.FINE));
    }

    @Test
    void withoutTheCapabilityNothingElseIsLookedAt() throws IOException {
        write("proc/self/status", "Name:\tjava\nCapEff:\t0000000000000400\n");
        assertThat(Preflight.impossible(run())).contains("this process lacks CAP_NET_ADMIN");
        assertThat(run()).hasSize(1);
    }

    @Test
    void aKernelThatDoesNotTakeTheTableIsNoUse() {
        host.refusal = Optional.of("/dev/stdin:30:1-2: Error: Could not process rule: No such file or directory");
        assertThat(Preflight.impossible(run()))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .startsWith("'nft' or the kernel cannot do what is needed")
                        .endsWith("No such file or directory"));
    }

    @Test
    void forwardingCountsForTheFamiliesThatTheHostHas() throws IOException {
        write("proc/sys/net/ipv4/ip_forward", "0\n");
        assertThat(doubts()).singleElement().asString().startsWith("net.ipv4.ip_forward=0");
        write("proc/net/if_inet6", "fd770000000000000000000000000001 02 40 00 80     eth0\n");
        assertThat(doubts()).hasSize(2).last().asString().startsWith("net.ipv6.conf.all.forwarding=0");
    }

    @Test
    void bridgeFilteringIsNamedWhereThereIsABridgeAndAnyValueWillDo() throws IOException {
        write("proc/sys/net/bridge/bridge-nf-call-iptables", "1\n");
        assertThat(run()).noneMatch(finding -> finding.what().contains("bridge"));
        write("devices/cni0/bridge/ageing_time", "30000\n");
        write("devices/cni0/address", "02:00:00:00:00:01\n");
        assertThat(run())
                .contains(new Finding(
                        Grade.FINE,
                        "net.bridge.bridge-nf-call-iptables=1 with the bridges [cni0] (any value will do)"));
        assertThat(doubts()).isEmpty();
    }

    @Test
    void aChainThatDropsWhatComesInIsNamedUnlessItIsOurs() {
        host.ruleset = """
                table inet kubeferry {
                \tchain x {
                \t\ttype filter hook input priority 0; policy drop;
                \t}
                }
                table inet firewall {
                \tchain incoming {
                \t\ttype filter hook input priority filter; policy drop;
                \t}
                }
                """;
        assertThat(doubts())
                .singleElement()
                .asString()
                .contains("chain incoming of table inet firewall", "meta mark and 0x1000 == 0x1000");
    }

    @Test
    void kubeProxysRulesAreInTheWayUnlessItServesOtherServices() {
        host.ruleset = "table ip kube-proxy {\n}\n";
        assertThat(doubts()).singleElement().asString().contains("--service-proxy-name");
        assertThat(new Preflight(host, FirewallMark.DEFAULT, folder.resolve("proc"), bridges()).run(false))
                .contains(new Finding(Grade.FINE, "kube-proxy's rules are on this node"));
    }

    @Test
    void aRuleOfAnotherProgramAtOurPreferenceIsShown() {
        host.foreignRule = "90:\tfrom all fwmark 0x4/0x4 lookup 100\n";
        assertThat(doubts()).hasSize(2).allSatisfy(doubt -> assertThat(doubt).contains("fwmark 0x4/0x4 lookup 100"));
    }

    private List<Finding> run() {
        return new Preflight(host, FirewallMark.DEFAULT, folder.resolve("proc"), bridges()).run(true);
    }

    private List<String> doubts() {
        return run().stream()
                .filter(finding -> finding.grade() == Grade.DOUBTFUL)
                .map(Finding::what)
                .toList();
    }

    private Bridges bridges() {
        return new Bridges(folder.resolve("devices"));
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
