package io.kubeferry.agent.host;

import static io.kubeferry.agent.host.CapturePlans.PORTS;
import static io.kubeferry.agent.host.CapturePlans.SERVE;
import static io.kubeferry.agent.host.CapturePlans.plan;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@link LinuxCapture} does about others on the host: a proxy that had the addresses before, and br_netfilter. */
class CaptureBesideOthersTest extends OnFakeHost {
    @Test
    void whatTheNodeHasOpenThroughAnotherProxyIsLeftToItWhereAPlaceIsNew() throws IOException {
        String old = openConnection(0, "0A00600A", 80);
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        assertThat(host.scripts.getLast()).as("with the first table").contains(old);

        String ours = openConnection(1, "0A00600A", 80);
        String theirs = openConnection(2, "0B00600A", 80);
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE, "10.96.0.11:80", SERVE)), PORTS);
        assertThat(host.scripts).hasSize(3);
        assertThat(host.scripts.get(1)).as("before the change").isEqualTo(theirs);

        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE, "10.96.0.11:80", SERVE)), PORTS);
        assertThat(host.scripts).as("the place is not new any more").hasSize(5);
        assertThat(String.join("", host.scripts)).doesNotContain(ours);
    }

    @Test
    void whatTheNodeOpensThroughACapturedPlaceIsOursAtTheNextChange() throws IOException {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE, "10.96.0.11:80", SERVE)), PORTS);
        String ours = openConnection(0, "0B00600A", 80);
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE, "10.96.0.11:80", SERVE, "10.96.0.12:80", SERVE)), PORTS);
        assertThat(host.scripts).hasSize(3);
        assertThat(String.join("", host.scripts)).doesNotContain(ours);
    }

    @Test
    void whatTheNodeHasOpenThroughAFormerProcessIsNotLeftToAnotherProxy() throws IOException {
        host.listing = """
                table inet kubeferry {
                \tset captured4 {
                \t\telements = { 10.96.0.10 . 80 }
                \t}
                \tchain owner_other {
                \t}
                }
                """;
        openConnection(0, "0A00600A", 80);
        String theirs = openConnection(1, "0B00600A", 80);
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE, "10.96.0.11:80", SERVE)), PORTS);
        assertThat(host.scripts).hasSize(2);
        assertThat(host.scripts.getFirst()).isEqualTo(theirs);
    }

    /** Adds a connection of the node's, and returns the script that leaves it to another proxy. */
    private String openConnection(int number, String server, int port) throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Path file = proc.resolve("net/tcp");
        if (!Files.exists(file)) {
            Files.writeString(file, "  sl  local_address rem_address   st tx_queue rx_queue\n");
        }
        Files.writeString(
                file,
                "   %d: 010717AC:%04X %s:%04X 01 00000000:00000000\n".formatted(number, 40_000 + number, server, port),
                StandardOpenOption.APPEND);
        return "add element inet kubeferry elsewhere4 { 172.23.7.1 . %d . 10.96.0.%d . %d }\n"
                .formatted(40_000 + number, Integer.parseInt(server.substring(0, 2), 16), port);
    }

    @Test
    void whatABridgePassesUpIsSteeredWhereBrNetfilterIs() {
        capture.setBridgeFilter(true);
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        assertThat(host.scripts)
                .hasSize(2)
                .last()
                .asString()
                .contains(
                        "chain passed_up_me_1 {",
                        "hook prerouting priority -2147483648;",
                        "iif != lo meta mark and 0x1000 == 0x1000 meta nfproto ipv6 meta l4proto tcp tproxy ip6 to"
                                + " [::1]:40002 accept");
    }

    @Test
    void brNetfilterThatComesLaterIsPrecededByAChainOfAnotherName() {
        capture.setBridgeFilter(true);
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        capture.setBridgeFilter(true);
        assertThat(host.scripts).as("nothing is new").hasSize(2);

        host.passedUp = "table inet kubeferry_passed_up {\n\tchain passed_up_me_1 {\n\t}\n}\n";
        capture.setBridgeFilter(false);
        capture.setBridgeFilter(true);
        assertThat(host.scripts).hasSize(4);
        assertThat(host.scripts.get(2)).contains("chain passed_up_me_2 {");
        assertThat(host.scripts.get(3)).isEqualTo("""
                flush chain inet kubeferry_passed_up passed_up_me_1
                delete chain inet kubeferry_passed_up passed_up_me_1
                """);
    }

    @Test
    void brNetfilterThatComesAfterAnotherProcessTookOverChangesNothing() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        host.listing = "table inet kubeferry {\n\tchain owner_other {\n\t}\n}\n";
        capture.setBridgeFilter(true);
        capture.check();
        assertThat(host.scripts).hasSize(1);
    }

    @Test
    void aTableForBrNetfilterIsNotLeftWhereThereIsNoneAnyMore() {
        host.passedUp = "table inet kubeferry_passed_up {\n\tchain passed_up_other_1 {\n\t}\n}\n";
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        assertThat(host.scripts).hasSize(2).last().isEqualTo("delete table inet kubeferry_passed_up\n");
    }
}
