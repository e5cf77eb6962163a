package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.testing.Await;
import io.netty.buffer.Unpooled;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a stream on an io_uring reads. */
@Timeout(60)
class UringReaderTest {
    /** More than the first reads, which wait with a buffer. */
    private static final int MANY = 5;

    private static final long PATIENCE_SECONDS = 30;

    private UringRig rig;

    @BeforeAll
    static void needsAnIoUring() {
        assumeTrue(IoUring.isAvailable());
    }

    @BeforeEach
    void connect() throws Exception {
        rig = new UringRig();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    @Test
    void whatNobodyWantsYetIsHeld() throws Exception {
        rig.say("early");
        Await.until(() -> rig.inUse() > 0);
        rig.turn();
        assertThat(rig.heard()).isEmpty();

        rig.onLoop(rig.stream()::resumeReading);
        rig.awaitHeard("early");
    }

    @Test
    void bytesArePassedOnBeforeTheEnd() throws Exception {
        rig.say("last words");
        rig.client().shutdownOutput();
        rig.onLoop(rig.stream()::resumeReading);
        rig.awaitHeard("last words", UringRig.END);

        assertThat(rig.stream().isInputEnded()).isTrue();
        assertThat(rig.stream().isOpen()).as("the other direction goes on").isTrue();
        rig.onLoop(() -> {
            rig.stream().write(Unpooled.copiedBuffer("answer", StandardCharsets.US_ASCII));
            rig.stream().flush();
        });
        assertThat(rig.client().getInputStream().readNBytes(6)).asString().isEqualTo("answer");
    }

    @Test
    void aResetIsToldThoughNobodyReads() throws Exception {
        rig.reset();

        rig.awaitHeard(SocketFailure.RESET.name());
    }

    @Test
    void aResetIsToldThoughAConnectionThatLastsIsPaused() throws Exception {
        rig.talk(MANY);
        rig.onLoop(rig.stream()::pauseReading);
        rig.turn();
        rig.heard().clear();
        rig.reset();

        rig.awaitHeard(SocketFailure.RESET.name());
    }

    @Test
    void aConnectionThatLastsHoldsNoBufferWhileItWaits() throws Exception {
        rig.talk(MANY);

        Await.until(() -> rig.inUse() == 0);
        rig.say("still there");
        Await.until(() -> rig.heard().contains("still there"));
    }

    @Test
    void aConnectionThatIsSaidToLastGivesItsBufferBack() throws Exception {
        rig.onLoop(rig.stream()::resumeReading);
        Await.until(() -> rig.inUse() > 0);
        rig.onLoop(rig.stream()::lasts);

        Await.until(() -> rig.inUse() == 0);
        rig.say("late");
        rig.awaitHeard("late");
        Await.until(() -> rig.inUse() == 0);
        rig.client().shutdownOutput();
        rig.awaitHeard("late", UringRig.END);
    }

    @Test
    void aResetIsToldThoughNobodyReadsAConnectionThatIsSaidToLast() throws Exception {
        Await.until(() -> rig.inUse() > 0);
        rig.onLoop(rig.stream()::lasts);
        rig.reset();

        rig.awaitHeard(SocketFailure.RESET.name());
    }

    @Test
    void whatComesWhileAConnectionThatLastsIsPausedIsReadAfterwards() throws Exception {
        rig.talk(MANY);
        rig.heard().clear();
        rig.onLoop(rig.stream()::pauseReading);
        rig.turn();
        rig.say("meanwhile");
        rig.turn();
        assertThat(rig.heard()).isEmpty();

        rig.onLoop(rig.stream()::resumeReading);
        rig.awaitHeard("meanwhile");
        rig.client().shutdownOutput();
        rig.awaitHeard("meanwhile", UringRig.END);
    }

    @Test
    void aReadThatIsCalledOffPassesOnWhatItBroughtFirst() throws Exception {
        rig.say("under way");
        Await.until(() -> rig.inUse() > 0);
        CompletableFuture<String> heardBefore = new CompletableFuture<>();
        rig.onLoop(() -> rig.stream().endReads(() -> heardBefore.complete(String.join(",", rig.heard()))));

        assertThat(heardBefore.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("under way");
        assertThat(rig.inUse()).isZero();
    }

    @Test
    void readingGoesOnAfterAReadWasCalledOff() throws Exception {
        for (int exchanges : new int[] {0, MANY}) {
            rig.talk(exchanges);
            rig.heard().clear();
            CompletableFuture<Void> ended = new CompletableFuture<>();
            rig.onLoop(() -> {
                rig.stream().pauseReading();
                rig.stream().endReads(() -> ended.complete(null));
                // Before the ring has heard of it.
                rig.stream().resumeReading();
            });
            ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            rig.say("more");
            rig.awaitHeard("more");
        }
    }

    @Test
    void whatThePollStillTellsDoesNotBeginAReadThatWasCalledOff() throws Exception {
        rig.talk(MANY);
        rig.onLoop(rig.stream()::pauseReading);
        boolean reads = rig.askOnLoop(() -> {
            rig.stream().endReads(() -> {});
            tellOfPoll(UringOps.IN | UringOps.END | UringOps.ERROR);
            return rig.inUse() > 0;
        });

        assertThat(reads).isFalse();
    }

    @Test
    void aConnectionThatThereIsNoMemoryForIsClosed() throws Exception {
        rig.talk(MANY);
        rig.heard().clear();
        rig.useUpMemory();
        rig.say("too much");

        rig.awaitHeard(SocketFailure.OTHER.name());
    }

    private void tellOfPoll(int happened) {
        IoUringIoEvent event = new IoUringIoEvent(happened, 0, UringOps.POLL, UringReader.POLL_TAG);
        rig.stream().handle(new FakeIoRegistration(rig.stream()), event);
    }
}
