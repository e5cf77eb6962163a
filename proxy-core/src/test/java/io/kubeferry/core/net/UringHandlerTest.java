package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UringHandlerTest {
    private final FakeIoHandler ring = new FakeIoHandler();
    private final UringHandler handler = new UringHandler(ring);

    @Test
    void aListenerLeavesTheNextNumberUnused() {
        handler.lastingRegistered();

        assertThat(ring.registrations()).hasSize(1);
        assertThat(ring.registrations().getFirst().isValid()).as("given back").isFalse();
    }

    @Test
    void aLoopThatIsClosingIsLeftAlone() {
        ring.beginToClose();
        handler.lastingRegistered();

        assertThat(ring.registrations()).isEmpty();
    }
}
