package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UringHandlerTest {
    private final FakeRing ring = new FakeRing();
    private final UringHandler handler = new UringHandler(ring, (_, _) -> {
        throw new AssertionError("nobody registers");
    });

    @Test
    void aListenerLeavesTheNextNumberUnused() {
        handler.lastingRegistered();

        assertThat(ring.taken).hasSize(1);
        assertThat(ring.taken.getFirst().isValid()).as("given back").isFalse();
    }

    @Test
    void aLoopThatIsClosingIsLeftAlone() {
        ring.isClosing = true;
        handler.lastingRegistered();

        assertThat(ring.taken).isEmpty();
    }

    private static final class FakeRing implements IoHandler {
        private final List<TakenNumber> taken = new ArrayList<>();
        private boolean isClosing;

        @Override
        public IoRegistration register(IoHandle registering) {
            if (isClosing) {
                throw new IllegalStateException("shutting down");
            }
            taken.add(new TakenNumber());
            return taken.getLast();
        }

        @Override
        public int run(IoHandlerContext context) {
            return 0;
        }

        @Override
        public void destroy() {}

        @Override
        public void wakeup() {}

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return true;
        }
    }

    private static final class TakenNumber implements IoRegistration {
        private boolean isGivenBack;

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature.
        public <T> T attachment() {
            throw new AssertionError("nobody asks for it");
        }

        @Override
        public long submit(IoOps ops) {
            throw new AssertionError("nothing is waited for");
        }

        @Override
        public boolean isValid() {
            return !isGivenBack;
        }

        @Override
        public boolean cancel() {
            isGivenBack = true;
            return true;
        }
    }
}
