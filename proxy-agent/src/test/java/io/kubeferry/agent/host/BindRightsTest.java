package io.kubeferry.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class BindRightsTest {
    @TempDir
    private Path directory;

    @Test
    void theCapabilityOpensEveryPort() throws IOException {
        assertThat(rights("1024", "CapEff:\t0000000000000400", false).firstUnprivilegedPort())
                .isZero();
    }

    @Test
    void withoutTheCapabilityTheKernelsSettingCounts() throws IOException {
        assertThat(rights("80", "CapEff:\t0000000000000000", true).firstUnprivilegedPort())
                .isEqualTo(80);
    }

    /** A sysctl is no ordinary file: what is not read at once is gone. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void theKernelsOwnFileIsReadWhole() throws IOException {
        Path setting = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        Process cat = new ProcessBuilder("cat", setting.toString()).start();
        int expected =
                Integer.parseInt(new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim());
        Path status = Files.writeString(directory.resolve("status"), "CapEff:\t0000000000000000\n");
        assertThat(new BindRights(setting, status, false).firstUnprivilegedPort())
                .isEqualTo(expected);
    }

    @Test
    void systemsWithoutThoseFilesGoByTheUser() {
        Path nowhere = directory.resolve("nowhere");
        assertThat(new BindRights(nowhere, nowhere, false).firstUnprivilegedPort())
                .isEqualTo(1_024);
        assertThat(new BindRights(nowhere, nowhere, true).firstUnprivilegedPort())
                .isZero();
    }

    @Test
    void nonsenseInTheFilesIsAsGoodAsNoFile() throws IOException {
        assertThat(rights("many", "CapEff:\tnonsense", false).firstUnprivilegedPort())
                .isEqualTo(1_024);
    }

    private BindRights rights(String portStart, String status, boolean root) throws IOException {
        Path portStartFile = Files.writeString(directory.resolve("port_start"), portStart + "\n");
        Path statusFile = Files.writeString(directory.resolve("status"), "Name:\tjava\n" + status + "\n");
        return new BindRights(portStartFile, statusFile, root);
    }
}
