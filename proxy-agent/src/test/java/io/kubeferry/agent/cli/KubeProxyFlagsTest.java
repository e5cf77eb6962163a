package io.kubeferry.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every flag of kube-proxy 1.36 as a user may give it, those for Windows too. */
class KubeProxyFlagsTest {
    static Stream<String> flags() {
        return """
                --bind-address=0.0.0.0
                --bind-address-hard-fail
                --boot-id-file=/proc/sys/kernel/random/boot_id
                --cleanup=false
                --cluster-cidr=10.0.0.0/8,fd00::/64
                --config=
                --config-sync-period=15m0s
                --conntrack-max-per-core=32768
                --conntrack-min 131072
                --conntrack-tcp-be-liberal
                --conntrack-tcp-timeout-close-wait=1h0m0s
                --conntrack-tcp-timeout-established=24h0m0s
                --conntrack-udp-timeout=0
                --conntrack-udp-timeout-stream=0
                --detect-local-mode=ClusterCIDR
                --feature-gates=AllowServiceExternalIPs=true
                --healthz-bind-address=0.0.0.0:10256
                --healthz-port=10256
                --hostname-override=n1
                --init-only=false
                --iptables-localhost-nodeports=false
                --iptables-masquerade-bit=14
                --iptables-min-sync-period=1s
                --iptables-sync-period=30s
                --ipvs-exclude-cidrs=10.0.0.0/8,11.0.0.0/8
                --ipvs-min-sync-period=1s
                --ipvs-scheduler=rr
                --ipvs-strict-arp
                --ipvs-sync-period=30s
                --ipvs-tcp-timeout=0s
                --ipvs-tcpfin-timeout=0s
                --ipvs-udp-timeout=0s
                --kube-api-burst=10
                --kube-api-content-type=application/json
                --kube-api-qps=5.5
                --kubeconfig=/var/lib/kube-proxy/kubeconfig.conf
                --log-flush-frequency=5s
                --log-json-info-buffer-size=0
                --log-json-split-stream
                --log-text-info-buffer-size=1Ki
                --log-text-split-stream=false
                --logging-format=text
                --machine-id-file=/etc/machine-id,/var/lib/dbus/machine-id
                --masquerade-all
                --master=https://10.0.0.1:6443
                --metrics-bind-address=127.0.0.1:10249
                --metrics-port=10249
                --nodeport-addresses=primary
                --oom-score-adj -999
                --pod-bridge-interface=cbr0
                --pod-interface-name-prefix=veth
                --profiling
                --proxy-mode=nftables
                --show-hidden-metrics-for-version=1.35
                -v=2
                -v 2
                -v2
                --v=2
                --vmodule=proxier=4
                --windows-service
                --source-vip=10.0.0.1
                --network-name=cbr0
                --enable-dsr
                --root-hnsendpoint-name=cbr0
                --forward-healthcheck-vip
                """.lines();
    }

    @ParameterizedTest
    @MethodSource("flags")
    void isAccepted(String flag) {
        Console console = new Console();
        assertThat(console.execute(flag.split(" "))).as(console.err()).isEqualTo(ExitCode.OK);
        assertThat(console.worked).isPresent();
    }

    @Test
    void everyIgnoredFlagIsInThisListAndNamedWhenGiven() {
        String[] all = flags().flatMap(flag -> Stream.of(flag.split(" "))).toArray(String[]::new);
        List<String> ignored = new Console().instructions(all).ignoredFlags();

        assertThat(ignored)
                .containsExactlyElementsOf(Arrays.stream(IgnoredFlag.values())
                        .filter(flag -> flag != IgnoredFlag.DETECT_LOCAL_MODE)
                        .map(IgnoredFlag::flag)
                        .toList());
    }

    @Test
    void ignoredFlagsStillShowInTheConfiguration() {
        assertThat(new Console()
                        .options("--conntrack-min=5", "--profiling", "--ipvs-exclude-cidrs=10.0.0.0/8")
                        .kubeProxyConfig()
                        .toYaml())
                .contains("  min: 5\n", "enableProfiling: true\n", "  excludeCIDRs:\n  - 10.0.0.0/8\n");
    }
}
