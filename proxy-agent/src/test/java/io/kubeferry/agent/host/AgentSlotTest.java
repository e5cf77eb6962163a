package io.kubeferry.agent.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.net.HostLock;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AgentSlotTest {
    private final String purpose = "test-" + UUID.randomUUID();

    @BeforeAll
    static void needLinux() {
        assumeTrue(HostLock.isAvailable(), "this host has no abstract sockets");
    }

    @Test
    void secondProcessIsRefusedUnlessItIsMeantToTakeOver() {
        try (AgentSlot first = AgentSlot.take(purpose, false).orElseThrow()) {
            assertThat(first.isAlone()).isTrue();
            assertThat(AgentSlot.take(purpose, false)).isEmpty();
            try (AgentSlot second = AgentSlot.take(purpose, true).orElseThrow()) {
                assertThat(first.isAlone()).isFalse();
                assertThat(second.isAlone()).isFalse();
                assertThat(AgentSlot.take(purpose, true)).as("a third one").isEmpty();
            }
            assertThat(first.isAlone()).isTrue();
        }
    }

    @Test
    void anyoneIsSeenInEitherPlace() {
        assertThat(AgentSlot.isAnyoneAt(purpose)).isFalse();
        AgentSlot first = AgentSlot.take(purpose, false).orElseThrow();
        assertThat(AgentSlot.isAnyoneAt(purpose)).isTrue();
        AgentSlot second = AgentSlot.take(purpose, true).orElseThrow();
        first.close();
        assertThat(AgentSlot.isAnyoneAt(purpose)).isTrue();
        second.close();
        assertThat(AgentSlot.isAnyoneAt(purpose)).isFalse();
    }

    @Test
    void whoTookOverCanBeTakenOverFromWhenTheFirstOneHasGone() {
        AgentSlot first = AgentSlot.take(purpose, true).orElseThrow();
        AgentSlot second = AgentSlot.take(purpose, true).orElseThrow();
        first.close();
        assertThat(second.isAlone()).isTrue();
        assertThat(AgentSlot.take(purpose, false)).as("by mistake").isEmpty();
        AgentSlot third = AgentSlot.take(purpose, true).orElseThrow();
        second.close();
        third.close();
        AgentSlot.take(purpose, false).orElseThrow().close();
    }
}
