package io.kubeferry.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CaptureRemainsTest {
    private final FakeCommands host = new FakeCommands();

    @Test
    void areInForceWhereTheTableIsThereAndNobodyCaptures() {
        host.listing = "table inet kubeferry {\n}\n";
        assertThat(new CaptureRemains(host, () -> false).areInForce()).isTrue();
    }

    @Test
    void areNoRemainsWhileSomebodyCaptures() {
        host.listing = "table inet kubeferry {\n}\n";
        assertThat(new CaptureRemains(host, () -> true).areInForce()).isFalse();
    }

    @Test
    void areNotThereWithoutTheTable() {
        assertThat(new CaptureRemains(host, () -> false).areInForce()).isFalse();
    }

    @Test
    void areNotSeenWhereNftSaysNo() {
        HostCommands refuses = (words, input) -> new HostCommands.Outcome(1, "table inet kubeferry");
        assertThat(new CaptureRemains(refuses, () -> false).areInForce()).isFalse();
    }
}
