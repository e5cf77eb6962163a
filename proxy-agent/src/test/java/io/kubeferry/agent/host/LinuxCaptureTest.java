package io.kubeferry.agent.host;

import static io.kubeferry.agent.host.CapturePlans.PORTS;
import static io.kubeferry.agent.host.CapturePlans.REFUSE;
import static io.kubeferry.agent.host.CapturePlans.SERVE;
import static io.kubeferry.agent.host.CapturePlans.address;
import static io.kubeferry.agent.host.CapturePlans.cidr;
import static io.kubeferry.agent.host.CapturePlans.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.model.Counted;
import io.kubeferry.core.net.FirewallMark;
import io.kubeferry.core.routing.CapturePlan;
import io.kubeferry.core.routing.CaptureRule;
import io.kubeferry.core.routing.CaptureRule.Treatment;
import io.kubeferry.core.routing.SourceRanges;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinuxCaptureTest extends OnFakeHost {
    @Test
    void theFirstPlanReplacesTheTableAndAddsWhatDeliversPackets() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);

        assertThat(host.scripts)
                .singleElement()
                .satisfies(script -> assertThat(script)
                        .startsWith("add table inet kubeferry\ndelete table inet kubeferry\n")
                        .contains(
                                "tproxy ip to 127.0.0.1:40001",
                                "tproxy ip6 to [::1]:40002",
                                "ip saddr 10.244.0.0/16 goto serve4",
                                "add element inet kubeferry verdicts4 { 10.96.0.10 . 80 : goto serve4 }",
                                "add element inet kubeferry captured4 { 10.96.0.10 . 80 }"));
        assertThat(host.hasAnything()).isTrue();
    }

    @Test
    void laterPlansAreSmallChangesThatOnlyTheOwnerCanMake() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE, "10.96.0.11:80", SERVE)), PORTS);
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE, "10.96.0.11:80", REFUSE)), PORTS);

        assertThat(host.scripts.getLast()).isEqualTo("""
                delete chain inet kubeferry owner_me
                add chain inet kubeferry owner_me
                delete element inet kubeferry verdicts4 { 10.96.0.11 . 80 : goto serve4 }
                add element inet kubeferry refusals4 { 10.96.0.11 . 80 : jump refuse4 }
                add element inet kubeferry verdicts4 { 10.96.0.11 . 80 : goto refuse4 }
                """);
    }

    @Test
    void rangesOfClusterIpsRefuseWithoutThoseThatOthersContain() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        assertThat(host.scripts.getLast())
                .contains("ip daddr @service_ranges4 goto reset_or_refuse")
                .doesNotContain("add element inet kubeferry service_ranges");

        capture.apply(
                new CapturePlan(
                        plan(Map.of("10.96.0.10:80", SERVE)).rules(),
                        Counted.empty(),
                        Counted.empty(),
                        Counted.empty(),
                        Set.of(cidr("10.96.0.0/16"), cidr("10.96.4.0/24"), cidr("fd96::/112"))),
                PORTS);
        assertThat(host.scripts.getLast()).endsWith("""
                        add element inet kubeferry service_ranges4 { 10.96.0.0/16 }
                        add element inet kubeferry service_ranges6 { fd96::/112 }
                        """);
    }

    @Test
    void aPlanThatChangesNothingIsNotTold() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        assertThat(host.scripts).hasSize(1);
    }

    @Test
    void aTableThatSomebodyRemovedIsMadeAnewAndCounted() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        host.refusal = Optional.of("/dev/stdin:1:1-2: Error: No such file or directory");
        capture.apply(plan(Map.of("10.96.0.11:80", SERVE)), PORTS);

        assertThat(host.scripts.getLast())
                .startsWith("add table inet kubeferry")
                .contains("verdicts4 { 10.96.0.11 . 80 : goto serve4 }")
                .contains("former4 { 10.96.0.10 . 80 }");
        assertThat(capture.repairs()).isEqualTo(1);
    }

    @Test
    void aTableThatIsThereIsFilledAnewSoThatNoPacketMissesIt() {
        host.listing = "table inet kubeferry {\n\tchain owner_other {\n\t}\n}\n";

        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        assertThat(host.scripts)
                .singleElement()
                .asString()
                .startsWith("flush table inet kubeferry\ndelete chain inet kubeferry owner_other\n")
                .doesNotContain("delete table inet kubeferry")
                .contains("flush map inet kubeferry verdicts4", "chain owner_me {", "10.96.0.10 . 80 : goto serve4");
    }

    @Test
    void placesThatTheOneBeforeCapturedAreRememberedByWhoTakesItOver() {
        host.listing = """
                table inet kubeferry {
                \tset captured4 {
                \t\ttype ipv4_addr . inet_service
                \t\telements = { 10.96.0.10 . 80, 10.96.0.11 . 80 }
                \t}
                \tset former4 {
                \t\ttype ipv4_addr . inet_service
                \t\telements = { 10.96.0.9 . 80,
                \t\t\t     10.96.0.12 . 80 }
                \t}
                \tchain owner_other {
                \t}
                }
                """;

        capture.apply(plan(Map.of("10.96.0.10:80", SERVE, "10.96.0.12:80", SERVE)), PORTS);
        assertThat(host.scripts.getLast().lines().filter(line -> line.startsWith("add element inet kubeferry former4")))
                .singleElement()
                .asString()
                .contains("10.96.0.9 . 80", "10.96.0.11 . 80")
                .doesNotContain("10.96.0.10 . 80", "10.96.0.12 . 80");
    }

    @Test
    void aTableOfBridgesIsFilledAnewInPlaceSoThatNoPacketMissesIt() {
        host.listing = "table inet kubeferry {\n\tchain owner_other {\n\t}\n}\n";
        capture.setBridgedPods(Set.of(new BridgedPods(cidr("10.244.3.0/24"), "02:00:00:00:00:01")));

        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        assertThat(host.scripts)
                .singleElement()
                .asString()
                .doesNotContain("delete table bridge kubeferry")
                .containsSubsequence(
                        "flush table bridge kubeferry",
                        "flush set bridge kubeferry endpoints4",
                        "ip daddr 10.244.3.0/24");
    }

    @Test
    void aPlaceThatIsCapturedAgainIsNoFormerOne() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE, "10.96.0.11:80", SERVE)), PORTS);
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        assertThat(host.scripts.getLast()).contains("add element inet kubeferry former4 { 10.96.0.11 . 80 }");

        capture.apply(plan(Map.of("10.96.0.10:80", SERVE, "10.96.0.11:80", SERVE)), PORTS);
        assertThat(host.scripts.getLast()).contains("delete element inet kubeferry former4 { 10.96.0.11 . 80 }");
    }

    @Test
    void theOwnersChainIsTheLastSinceEveryChangeMovesItThere() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);

        String script = host.scripts.getLast();
        assertThat(script.indexOf("chain owner_me")).isGreaterThan(script.lastIndexOf("hook"));
    }

    @Test
    void aTableOfAnotherFormIsReplaced() {
        host.listing = "table inet kubeferry {\n\tchain owner_other {\n\t}\n}\n";
        host.refusal = Optional.of("/dev/stdin:3:1-9: Error: No such file or directory");

        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        assertThat(host.scripts).hasSize(2).last().asString().startsWith("add table inet kubeferry\ndelete table");
    }

    @Test
    void aTableThatAnotherProcessOwnsIsLeftAlone() {
        loseTheTableToAnotherProcess();
        capture.check();
        assertThat(host.scripts).hasSize(2);
    }

    @Test
    void aTableWhoseOwnerHasGoneIsTakenBackAtTheNextLook() {
        loseTheTableToAnotherProcess();
        alone.set(true);

        capture.check();
        assertThat(host.scripts).hasSize(3).last().asString().contains("verdicts4 { 10.96.0.12 . 80 : goto serve4 }");
    }

    @Test
    void aTableWhoseOwnerHasGoneIsTakenBackAlsoByWhoHadNotNoticedThatItWasTakenOver() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        capture.lookForTheOther();
        host.listing = "table inet kubeferry {\n\tchain owner_other {\n\t}\n}\n";
        int scripts = host.scripts.size();
        alone.set(true);

        capture.lookForTheOther();
        assertThat(host.scripts)
                .hasSize(scripts + 1)
                .last()
                .asString()
                .startsWith("flush table inet kubeferry\ndelete chain inet kubeferry owner_other\n")
                .contains("chain owner_me {");
        assertThat(capture.repairs()).as("nobody meddled").isZero();
    }

    @Test
    void whoHasNeverSeenAnotherProcessDoesNotLookAtTheTableAllTheTime() {
        alone.set(true);
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        host.removeRules();
        capture.lookForTheOther();
        assertThat(capture.repairs()).isZero();
        capture.check();
        assertThat(capture.repairs()).isEqualTo(1);
    }

    @Test
    void aTableThatCouldNotBeMendedInTimeIsLeftToWhoHasTakenItOver() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        host.refusal = Optional.of("Error: Device or resource busy");
        host.refusesAgain = true;
        assertThatThrownBy(() -> capture.apply(plan(Map.of("10.96.0.11:80", SERVE)), PORTS))
                .hasMessageContaining("busy");
        host.refusal = Optional.empty();
        host.listing = "table inet kubeferry {\n\tchain owner_other {\n\t}\n}\n";
        int scripts = host.scripts.size();

        capture.apply(plan(Map.of("10.96.0.12:80", SERVE)), PORTS);
        capture.check();
        assertThat(host.scripts).hasSize(scripts);
    }

    private void loseTheTableToAnotherProcess() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        host.refusal = Optional.of("Error: No such file or directory");
        host.listing = "table inet kubeferry {\n\tchain owner_other {\n\t}\n}\n";
        capture.apply(plan(Map.of("10.96.0.11:80", SERVE)), PORTS);
        capture.apply(plan(Map.of("10.96.0.12:80", SERVE)), PORTS);
        host.refusal = Optional.empty();
    }

    @Test
    void whatOthersTakeAwayIsPutBackAtTheNextLook() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        host.removeRules();
        capture.check();
        assertThat(host.hasAnything()).isTrue();
        assertThat(capture.repairs()).isEqualTo(1);
    }

    @Test
    void whatTheHostDidNotTakeIsTriedAgainAtTheNextLook() {
        host.refusal = Optional.of("Error: Device or resource busy");
        assertThatThrownBy(() -> capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS))
                .hasMessageContaining("busy");
        capture.check();
        assertThat(host.scripts).hasSize(2).last().asString().contains("verdicts4 { 10.96.0.10 . 80 : goto serve4 }");
    }

    @Test
    void aBridgeThatComesLaterMakesTheTableAnew() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        capture.setBridgedPods(Set.of(new BridgedPods(cidr("10.244.3.0/24"), "02:00:00:00:00:01")));
        assertThat(host.scripts.getLast())
                .contains("table bridge kubeferry {", "ip daddr 10.244.3.0/24", "ether daddr set 02:00:00:00:00:01");
    }

    @Test
    void aBridgeThatComesAfterAnotherProcessTookOverChangesNothing() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        host.listing = "table inet kubeferry {\n\tchain owner_other {\n\t}\n}\n";
        capture.setBridgedPods(Set.of(new BridgedPods(cidr("10.244.3.0/24"), "02:00:00:00:00:01")));
        capture.check();
        assertThat(host.scripts).hasSize(1);
    }

    @Test
    void aRefusalByTheHostIsToldInOneLine() {
        host.refusal = Optional.of("/dev/stdin:1:1-2: Error: Operation not permitted\nadd table inet kubeferry\n^^^");
        assertThatThrownBy(() -> capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS))
                .hasMessageContaining("Operation not permitted")
                .hasMessageNotContaining("^^^");
    }

    @Test
    void sourceRangesBecomeElementsWithoutOverlaps() {
        SourceRanges ranges = new SourceRanges(
                List.of(cidr("192.0.2.0/24"), cidr("192.0.2.128/25"), cidr("203.0.113.7/32"), cidr("172.31.7.0/24")),
                List.of(address("172.31.7.1")),
                List.of(address("198.51.100.9")));
        capture.apply(
                plan(Map.of("198.51.100.9:80", new CaptureRule(Treatment.LOCAL_ONLY, Optional.of(ranges)))), PORTS);

        assertThat(host.scripts.getFirst())
                .contains(
                        "verdicts4 { 198.51.100.9 . 80 : goto restricted_local_only4 }",
                        "allowed4 { 198.51.100.9 . 80 . 192.0.2.0/24, 198.51.100.9 . 80 . 203.0.113.7,"
                                + " 198.51.100.9 . 80 . 172.31.7.0/24, 198.51.100.9 . 80 . 198.51.100.9 }");
    }

    @Test
    void cleanupRemovesWhatIsOursAndSaysSo() {
        capture.apply(plan(Map.of("10.96.0.10:80", SERVE)), PORTS);
        host.listing = "table inet kubeferry {\n}\n";
        CaptureCleanup.Result result = new CaptureCleanup(host, new PolicyRouting(host, FirewallMark.DEFAULT)).run();

        assertThat(result.removed())
                .containsExactly("table inet kubeferry", "IPv4 rule", "IPv4 route", "IPv6 rule", "IPv6 route");
        assertThat(result.problems()).isEmpty();
        assertThat(host.scripts.getLast()).isEqualTo("delete table inet kubeferry\n");
        assertThat(host.hasAnything()).isFalse();
    }
}
