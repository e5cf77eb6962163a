package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoEvent;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WritableUringTest {
    private static final byte RECV = 27;
    private static final int POLLIN = 0x1;

    private final List<Integer> heard = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private final WritableUring.Handle handle = new WritableUring.Handle(new FakeChannel(), later::add);

    @Test
    void theFirstHangUpIsToldAsItIs() {
        poll(WritableUring.Handle.POLLRDHUP);

        assertThat(heard).containsExactly(WritableUring.Handle.POLLRDHUP);
        assertThat(later).isEmpty();
    }

    @Test
    void laterHangUpsAreToldAsRoomToWriteALittleLater() {
        poll(WritableUring.Handle.POLLRDHUP);
        poll(WritableUring.Handle.POLLRDHUP);
        assertThat(heard).as("not at once, which would go on and on").hasSize(1);
        later.forEach(Runnable::run);

        assertThat(heard).containsExactly(WritableUring.Handle.POLLRDHUP, WritableUring.Handle.POLLOUT);
    }

    @Test
    void whatElseIsReportedIsToldAsItIs() {
        poll(WritableUring.Handle.POLLRDHUP);
        poll(WritableUring.Handle.POLLRDHUP | POLLIN);
        poll(WritableUring.Handle.POLLRDHUP | WritableUring.Handle.POLLOUT);
        handle.handle(new NoRegistration(), new IoUringIoEvent(WritableUring.Handle.POLLRDHUP, 0, RECV, 7L));

        assertThat(heard)
                .containsExactly(
                        WritableUring.Handle.POLLRDHUP,
                        WritableUring.Handle.POLLRDHUP | POLLIN,
                        WritableUring.Handle.POLLRDHUP | WritableUring.Handle.POLLOUT,
                        WritableUring.Handle.POLLRDHUP);
        assertThat(later).isEmpty();
    }

    private void poll(int events) {
        handle.handle(new NoRegistration(), new IoUringIoEvent(events, 0, WritableUring.Handle.POLL_ADD, 7L));
    }

    private final class FakeChannel implements IoUringIoHandle {
        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            heard.add(((IoUringIoEvent) event).res());
        }

        @Override
        public void close() {}
    }

    private static final class NoRegistration implements IoRegistration {
        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature.
        public <T> T attachment() {
            throw new AssertionError("nobody asks for it");
        }

        @Override
        public long submit(IoOps wish) {
            return 0;
        }

        @Override
        public boolean isValid() {
            return true;
        }

        @Override
        public boolean cancel() {
            return true;
        }
    }
}
