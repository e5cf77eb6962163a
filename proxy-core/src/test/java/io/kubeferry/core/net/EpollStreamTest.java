package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.BlackHole;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stream that epoll tells of changes only. */
@Timeout(60)
class EpollStreamTest {
    private StreamRig rig;

    @BeforeAll
    static void needsEpoll() {
        assumeTrue(Epoll.isAvailable());
    }

    @BeforeEach
    void connect() throws Exception {
        rig = new StreamRig(TransportPreference.EPOLL);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    @Test
    void nothingIsReadAndNoMemoryHeldBeforeSomebodyAsks() throws Exception {
        rig.say("early");
        rig.turn();
        assertThat(rig.inUse()).isZero();

        rig.onLoop(rig.stream()::resumeReading);
        rig.awaitHeard("early");
        assertThat(rig.inUse()).isZero();
    }

    @Test
    void whatTakesMoreReadsThanOneTurnHasIsReadToTheEnd() throws Exception {
        // After a word reads are small, and grow again read by read.
        rig.talk(1);
        rig.onLoop(rig.stream()::pauseReading);
        rig.heard().clear();
        String much = "x".repeat(60_000);
        rig.say(much);
        rig.onLoop(rig.stream()::resumeReading);

        Await.until(() -> String.join("", rig.heard()).length() == much.length());
        assertThat(rig.heard()).hasSizeGreaterThan(4);
    }

    @Test
    void aSocketThatIsFoundEmptyIsReadAgainOnlyWhenThereIsMore() throws Exception {
        rig.onLoop(rig.stream()::resumeReading);
        // As many as the first read takes, so it does not show whether there are more.
        rig.say("x".repeat(2048));
        Await.until(() -> !rig.heard().isEmpty());
        rig.turn();
        int before = rig.buffers();
        rig.turn();

        assertThat(rig.buffers()).isEqualTo(before).isEqualTo(2);
        rig.say("more");
        Await.until(() -> rig.heard().contains("more"));
    }

    @Test
    void bytesBehindUrgentOnesAreRead() throws Exception {
        rig.say("before");
        rig.client().sendUrgentData('!');
        rig.say("behind");
        rig.turn();
        rig.onLoop(rig.stream()::resumeReading);

        rig.awaitHeard("before", "behind");
    }

    @Test
    void theEndBehindBytesThatWereReadIsNoticed() throws Exception {
        rig.say("last words");
        rig.client().shutdownOutput();
        rig.turn();
        rig.onLoop(rig.stream()::resumeReading);

        rig.awaitHeard("last words", StreamRig.END);
    }

    @Test
    void aResetIsToldThoughTheInputHasEnded() throws Exception {
        rig.onLoop(rig.stream()::resumeReading);
        rig.client().shutdownOutput();
        rig.awaitHeard(StreamRig.END);
        rig.reset();

        Await.until(() -> rig.heard().size() == 2);
        assertThat(rig.stream().isOpen()).isFalse();
    }

    @Test
    void anAnswerToWhoeverHadTheNumberBeforeIsNotTaken() throws Exception {
        FutureDial dial = new FutureDial();
        EpollStream another = EpollStream.unconnected(InetAddress.getLoopbackAddress());
        try (BlackHole silent = new BlackHole()) {
            String[] remote = silent.address().split(":", 2);
            rig.onLoop(() -> {
                another.connect(
                        rig.stream().eventLoop(),
                        new InetSocketAddress(remote[0], Integer.parseInt(remote[1])),
                        null,
                        30_000,
                        dial);
                another.handle(new FakeIoRegistration(another), (EpollIoEvent) () -> EpollIoOps.EPOLLOUT);
            });
            rig.turn();

            assertThat(dial.future()).isNotDone();
            rig.onLoop(another::close);
        }
    }

    @Test
    void oneThatIsClosedGivesItsNumberAndItsPlaceOnTheLoopBack() {
        EpollStream stream = EpollStream.unconnected(InetAddress.getLoopbackAddress());
        FakeIoRegistration epoll = new FakeIoRegistration(stream);
        stream.closeRegistered(epoll);

        assertThat(stream.fd().isOpen()).isFalse();
        assertThat(epoll.isValid()).isFalse();
    }

    @Test
    void aListenerThatIsPausedIsNotToldOfConnections() {
        EpollServerChannel listener = new EpollServerChannel();
        FakeIoRegistration epoll = new FakeIoRegistration((EpollIoHandle) listener.unsafe());
        listener.resumeAccepting(epoll);
        listener.resumeAccepting(epoll);
        listener.pauseAccepting(epoll);
        listener.unsafe().closeForcibly();

        assertThat(epoll.submitted()).containsExactly(EpollIoOps.EPOLLIN, EpollIoOps.EPOLLET);
    }

    @Test
    void aStreamThatEpollDoesNotTakeIsClosed(@TempDir Path folder) throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        // Files are always ready, so there is nothing to wait for.
        FileDescriptor file = FileDescriptor.from(folder.resolve("file").toFile());
        EpollStream stream = EpollStream.accepted(
                file.intValue(),
                null,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                ByteBufAllocator.DEFAULT);
        stream.accept(rig.stream().eventLoop(), new StreamListener() {
            @Override
            public void read(ByteBuf bytes) {
                told.add(bytes.toString(StandardCharsets.US_ASCII));
                bytes.release();
            }

            @Override
            public void failed(Throwable cause) {
                told.add(String.valueOf(cause.getMessage()));
            }
        });
        rig.turn();

        assertThat(told).singleElement().asString().startsWith("epoll does not take the socket");
        assertThat(stream.isOpen()).isFalse();
    }
}
