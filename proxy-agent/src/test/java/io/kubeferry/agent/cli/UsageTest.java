package io.kubeferry.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageTest {
    private final Console console = new Console();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--connect-attempts 0; --connect-attempts: 0 (expected: 1..10)",
                "--connect-attempts=many; --connect-attempts: many (expected: a whole number)",
                "--connect-timeout 5; --connect-timeout: 5 (expected: a duration such as 1s, 1m30s or 100ms)",
                "--connect-timeout; --connect-timeout: no value (expected: DURATION)",
                "--addresses x; --addresses: x (expected: auto or capture or loopback)",
                "--fwmark 0x1000; --fwmark: 0x1000 (expected: VALUE/MASK, a mask of two bits and one of them, such as"
                        + " 0x1000/0x3000)",
                "--manifests missing; --manifests: missing (expected: a folder that exists)",
                "--manifests folder --kubeconfig k; --manifests: folder (expected: not together with --kubeconfig)",
                "--cluster-cidr 10.0.0.0; --cluster-cidr: 10.0.0.0 (expected: a CIDR such as 10.244.0.0/16)",
                "--bind-address node; --bind-address: node (expected: an IP address such as 10.0.0.1)",
                "--proxy-mode userspace; --proxy-mode: userspace (expected: iptables, ipvs or nftables)",
                "--detect-local-mode x; --detect-local-mode: x (expected: ClusterCIDR, NodeCIDR, BridgeInterface or"
                        + " InterfaceNamePrefix)",
                "--oom-score-adj -1001; --oom-score-adj: -1001 (expected: -1000..1000)",
                "--conntrack-min=abc; --conntrack-min: abc (expected: a number)",
                "--profiling=maybe; --profiling: maybe (expected: true or false)",
                "--feature-gates X; --feature-gates: X (expected: pairs such as NAME=true)",
                "--metrics-port 70000; --metrics-port: 70000 (expected: 0..65535)",
                "--log-format xml; --log-format: xml (expected: text or json)",
                "--config missing; --config: missing (expected: a file that exists)",
                "--config bad; --config bad: iptables.minSyncPeriod: 1h0m0s (expected: 0..30s, the sync period)",
                "--config typo; --config typo: mode: x (expected: iptables, ipvs or nftables)",
                "--nope; unknown flag: --nope",
                "--conect-timeout 1s; unknown flag: --conect-timeout (did you mean --connect-timeout?)",
                "--profilng=true; unknown flag: --profilng (did you mean --profiling?)",
                "--once; unknown flag: --once",
                "--profiling false; unexpected argument: false (expected: flags only)",
            })
    void whatIsWrongWithAFlagIsSaidInOneSentence(String line, String sentence) {
        String head = "kind: KubeProxyConfiguration\napiVersion: kubeproxy.config.k8s.io/v1alpha1\n";
        console.files.put(Path.of("bad"), head + "iptables: {minSyncPeriod: 1h}");
        console.files.put(Path.of("typo"), head + "mode: x");

        assertThat(console.execute(line.split(" "))).isEqualTo(ExitCode.USAGE);

        assertThat(console.err()).isEqualTo(sentence + ". See: kubeferry run --help\n");
        assertThat(console.worked).isEmpty();
    }

    @Test
    void commandsAreNamedInTheirOwnMistakes() {
        assertThat(console.execute("plan", "-o", "yaml")).isEqualTo(ExitCode.USAGE);
        assertThat(console.execute("demo", "--manifests", "x")).isEqualTo(ExitCode.USAGE);
        assertThat(console.execute("serve")).isEqualTo(ExitCode.USAGE);

        assertThat(console.err()).isEqualTo("""
                --output: yaml (expected: text or json). See: kubeferry plan --help
                unknown flag: --manifests. See: kubeferry demo --help
                unknown command: serve (expected: one of run, demo, plan, status, top, cleanup). See: kubeferry --help
                """);
    }

    @ParameterizedTest
    @CsvSource({
        "'', run",
        "run, run",
        "--manifests folder, run",
        "demo, demo UNTIL_INTERRUPTED",
        "demo --once, demo ONCE",
        "demo --once=false, demo UNTIL_INTERRUPTED",
        "plan, plan TEXT",
        "plan -o json, plan JSON",
        "plan --output=text --addresses loopback, plan TEXT"
    })
    void everyCommandReachesItsWork(String line, String command) {
        assertThat(console.execute(line.isEmpty() ? new String[0] : line.split(" ")))
                .as(console.err())
                .isEqualTo(ExitCode.OK);
        assertThat(console.command).isEqualTo(command);
    }

    @ParameterizedTest
    @CsvSource({"--version", "--version=raw", "run --version", "--manifests folder --version"})
    void versionIsOneLine(String line) {
        assertThat(console.execute(line.split(" "))).isEqualTo(ExitCode.OK);
        assertThat(console.out()).matches("kubeferry 0\\.\\S+\\R");
        assertThat(console.worked).isEmpty();
    }

    @Test
    void kubeProxysFlagForCleaningUpIsTheCommand() {
        assertThat(console.execute("--cleanup")).isEqualTo(ExitCode.OK);
        assertThat(console.command).isEqualTo("cleanup");
    }

    @Test
    void kubeProxysFlagForPreparingTheNodeEndsBeforeServing() {
        assertThat(console.execute("--init-only")).isEqualTo(ExitCode.OK);
        assertThat(console.command).isEqualTo("prepare");
    }
}
