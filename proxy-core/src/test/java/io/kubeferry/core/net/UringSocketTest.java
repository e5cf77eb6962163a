package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UringSocketTest {
    private static final byte RECV = 27;

    private final List<Integer> heard = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private final UringSocket socket = new UringSocket(
            new FakeChannel(),
            new WatchableIoHandler(new FakeIoHandler(), (_, _) -> {
                throw new AssertionError("nobody registers");
            }),
            later::add);

    @Test
    void theFirstHangUpIsToldAsItIs() {
        poll(UringPoll.END);

        assertThat(heard).containsExactly(UringPoll.END);
        assertThat(later).isEmpty();
    }

    @Test
    void laterHangUpsAreToldAsRoomToWriteALittleLater() {
        poll(UringPoll.END);
        poll(UringPoll.END);
        assertThat(heard).as("not at once, which would go on and on").hasSize(1);
        later.forEach(Runnable::run);

        assertThat(heard).containsExactly(UringPoll.END, UringPoll.OUT);
    }

    @Test
    void whatElseIsReportedIsToldAsItIs() {
        poll(UringPoll.END);
        poll(UringPoll.END | UringPoll.IN);
        poll(UringPoll.END | UringPoll.OUT);
        socket.handle(new FakeIoRegistration(socket), new IoUringIoEvent(UringPoll.END, 0, RECV, 7L));

        assertThat(heard)
                .containsExactly(
                        UringPoll.END, UringPoll.END | UringPoll.IN, UringPoll.END | UringPoll.OUT, UringPoll.END);
        assertThat(later).isEmpty();
    }

    @Test
    void theEndOfInputIsKeptFromAChannelWhoseReadingIsTaken() {
        assertThat(socket.takeReading()).isTrue();
        poll(UringPoll.END);
        assertThat(heard).isEmpty();

        socket.letChannelRead();
        assertThat(heard).containsExactly(UringPoll.END);
    }

    @Test
    void roomToWriteIsToldThoughReadingIsTaken() {
        socket.takeReading();
        poll(UringPoll.END | UringPoll.OUT);
        poll(UringPoll.END);
        poll(UringPoll.END);
        later.forEach(Runnable::run);
        assertThat(heard).as("a hang-up behind the first is room").containsExactly(UringPoll.OUT, UringPoll.OUT);

        socket.letChannelRead();
        assertThat(heard).containsExactly(UringPoll.OUT, UringPoll.OUT, UringPoll.END);
    }

    @Test
    void readingIsNotTakenFromAChannelThatKnowsTheEndOfItsInput() {
        poll(UringPoll.END | UringPoll.IN);

        assertThat(socket.takeReading()).isFalse();
    }

    private void poll(int events) {
        socket.handle(new FakeIoRegistration(socket), new IoUringIoEvent(events, 0, UringPoll.OPCODE, 7L));
    }

    private final class FakeChannel implements IoUringIoHandle {
        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            heard.add(((IoUringIoEvent) event).res());
        }

        @Override
        public void close() {}
    }
}
