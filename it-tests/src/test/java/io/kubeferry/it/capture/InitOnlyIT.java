package io.kubeferry.it.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.it.process.RunningCommand;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code run --init-only} sets on a node, and what it says where it may not. */
class InitOnlyIT {
    private NetworkNamespace node;

    @BeforeEach
    void start() throws Exception {
        Requires.rootAndTools();
        node = NetworkNamespace.create("kubeferry-it-" + ProcessHandle.current().pid() + "-init-only");
        node.ip("link add eth0 type veth peer name eth1", "link set eth0 up", "address add fd77::9/64 dev eth0 nodad");
        setForwarding(0);
    }

    @AfterEach
    void stop() throws Exception {
        if (node != null) {
            node.close();
        }
    }

    @Test
    void aNodeIsPreparedOnce() throws Exception {
        RunningCommand.Ended first = initOnly();
        assertThat(first.output()).contains("net.ipv4.ip_forward: 0 -> 1\n", "net.ipv6.conf.all.forwarding: 0 -> 1\n");
        assertThat(first.exitCode()).isZero();
        assertThat(node.run("sysctl", "-n", "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"))
                .isEqualTo("1\n1\n");

        RunningCommand.Ended second = initOnly();
        assertThat(second.output())
                .contains("net.ipv4.ip_forward: 1, unchanged\n", "net.ipv6.conf.all.forwarding: 1, unchanged\n");
        assertThat(second.exitCode()).isZero();
    }

    @Test
    void whoMayNotIsToldWhatWasNotSet() throws Exception {
        RunningCommand.Ended refused = initOnly("setpriv", "--reuid=65532", "--regid=65532", "--clear-groups");
        assertThat(refused.output())
                .contains("cannot set net.ipv4.ip_forward from 0 to 1: permission denied (expected: root,");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(node.run("sysctl", "-n", "net.ipv4.ip_forward")).isEqualTo("0\n");
    }

    private void setForwarding(int value) throws Exception {
        node.run("sysctl", "-qw", "net.ipv4.ip_forward=" + value, "net.ipv6.conf.all.forwarding=" + value);
    }

    private RunningCommand.Ended initOnly(String... launcher) throws Exception {
        List<String> inside = node.inside(launcher);
        try (RunningCommand command = RunningCommand.startInside(inside, Map.of(), List.of("run", "--init-only"))) {
            int exitCode = command.exitCode();
            return new RunningCommand.Ended(exitCode, command.output());
        }
    }
}
