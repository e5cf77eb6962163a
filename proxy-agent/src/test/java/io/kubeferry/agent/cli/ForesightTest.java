package io.kubeferry.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.EarlyLoading.Part;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForesightTest {
    private final Console console = new Console();

    @ParameterizedTest
    @ValueSource(strings = {"run --manifests folder", "--manifests=folder", "--config x --manifests folder", "demo"})
    void whoReadsManifestsWillNeedThatAndATransport(String line) {
        assertThat(anticipated(line)).containsExactlyInAnyOrder(Part.MANIFESTS, Part.TRANSPORT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "--kubeconfig k", "--manifests-of-others x"})
    void whoAsksAnApiServerWillNeedATransport(String line) {
        assertThat(anticipated(line)).containsExactly(Part.TRANSPORT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo --transport epoll", "--manifests folder --transport=nio"})
    void noTransportIsTriedWhereOneIsChosen(String line) {
        assertThat(anticipated(line)).containsExactly(Part.MANIFESTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan --manifests folder", "status", "top", "cleanup", "--help", "--version", "nonsense"})
    void whoDoesNotServeNeedsNothingEarly(String line) {
        assertThat(anticipated(line)).isEmpty();
    }

    @Test
    void aCommandWithoutAWordIsRun() {
        console.execute();

        assertThat(console.anticipated).containsExactly(Part.TRANSPORT);
    }

    private Set<Part> anticipated(String line) {
        console.execute(line.split(" "));
        return console.anticipated;
    }
}
