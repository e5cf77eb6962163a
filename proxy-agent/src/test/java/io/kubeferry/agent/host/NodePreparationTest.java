package io.kubeferry.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodePreparationTest {
    private static final String FORWARD_IPV4 = "net/ipv4/ip_forward";
    private static final String FORWARD_IPV6 = "net/ipv6/conf/all/forwarding";
    private static final String FILTER_BRIDGED = "net/bridge/bridge-nf-call-iptables";

    @TempDir
    private Path folder;

    @BeforeEach
    void makeAHostThatForwardsNothing() throws IOException {
        write("proc/sys/" + FORWARD_IPV4, "0\n");
        write("proc/sys/" + FORWARD_IPV6, "0\n");
        write("proc/net/if_inet6", "fd770000000000000000000000000001 02 40 00 80     eth0\n");
    }

    @Test
    void whatIsWrongIsSetAndASecondTimeNothingIs() throws IOException {
        assertThat(prepare().settings())
                .containsExactly("net.ipv4.ip_forward: 0 -> 1", "net.ipv6.conf.all.forwarding: 0 -> 1");
        assertThat(value(FORWARD_IPV4)).isEqualTo("1");
        assertThat(value(FORWARD_IPV6)).isEqualTo("1");

        NodePreparation.Result again = prepare();
        assertThat(again.settings())
                .containsExactly("net.ipv4.ip_forward: 1, unchanged", "net.ipv6.conf.all.forwarding: 1, unchanged");
        assertThat(again.problems()).isEmpty();
    }

    @Test
    void connectionsMayMoveFromAListenerThatClosesWhereTheKernelCan() throws IOException {
        write("proc/sys/net/ipv4/tcp_migrate_req", "0\n");
        assertThat(prepare().settings()).contains("net.ipv4.tcp_migrate_req: 0 -> 1");
    }

    @Test
    void ipv6IsLeftAloneOnAHostWithoutIt() throws IOException {
        write("proc/net/if_inet6", "fe800000000000000000000000000001 02 40 20 80     eth0\n");
        assertThat(prepare().settings()).containsExactly("net.ipv4.ip_forward: 0 -> 1");
        assertThat(value(FORWARD_IPV6)).isEqualTo("0");
    }

    @Test
    void whatOthersMayWantOfBridgesIsLeftAlone() throws IOException {
        write("proc/sys/" + FILTER_BRIDGED, "1\n");
        assertThat(prepare().settings()).noneMatch(line -> line.contains("bridge"));
        assertThat(value(FILTER_BRIDGED)).isEqualTo("1");
    }

    private NodePreparation.Result prepare() {
        return new NodePreparation(new Sysctls(folder.resolve("proc"))).run();
    }

    private String value(String sysctl) throws IOException {
        return Files.readString(folder.resolve("proc/sys").resolve(sysctl)).trim();
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
