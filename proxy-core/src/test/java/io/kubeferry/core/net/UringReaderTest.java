package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.testing.Await;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoEvent;
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

    private StreamRig rig;

    @BeforeAll
    static void needsAnIoUring() {
        assumeTrue(IoUring.isAvailable());
    }

    @BeforeEach
    void connect() throws Exception {
        rig = new StreamRig(TransportPreference.IO_URING);
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
    void aConnectionThatIsSaidToLastGivesItsBufferBack() throws Exception {
        rig.onLoop(rig.stream()::resumeReading);
        Await.until(() -> rig.inUse() > 0);
        rig.onLoop(rig.stream()::lasts);

        Await.until(() -> rig.inUse() == 0);
        rig.say("late");
        rig.awaitHeard("late");
        Await.until(() -> rig.inUse() == 0);
        rig.client().shutdownOutput();
        rig.awaitHeard("late", StreamRig.END);
    }

    @Test
    void aResetIsToldThoughNobodyReadsAConnectionThatIsSaidToLast() throws Exception {
        Await.until(() -> rig.inUse() > 0);
        rig.onLoop(rig.stream()::lasts);
        rig.reset();

        rig.awaitHeard(SocketFailure.RESET.name());
    }

    @Test
    void aReadThatIsCalledOffPassesOnWhatItBroughtFirst() throws Exception {
        rig.say("under way");
        Await.until(() -> rig.inUse() > 0);
        CompletableFuture<String> heardBefore = new CompletableFuture<>();
        rig.onLoop(() -> rig.watch().endReads(() -> heardBefore.complete(String.join(",", rig.heard()))));

        assertThat(heardBefore.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("under way");
        assertThat(rig.inUse()).isZero();
    }

    @Test
    void whatThePollStillTellsDoesNotBeginAReadThatWasCalledOff() throws Exception {
        rig.talk(MANY);
        rig.onLoop(rig.stream()::pauseReading);
        boolean reads = rig.askOnLoop(() -> {
            rig.watch().endReads(() -> {});
            tellOfPoll(UringOps.IN | UringOps.END | UringOps.ERROR);
            return rig.inUse() > 0;
        });

        assertThat(reads).isFalse();
    }

    @Test
    void closingCallsOffAReadThatIsUnderWay() throws Exception {
        rig.onLoop(rig.stream()::resumeReading);
        Await.until(() -> rig.inUse() > 0);
        rig.onLoop(rig.stream()::close);

        assertThat(rig.client().getInputStream().read()).as("the end").isEqualTo(-1);
        Await.until(() -> rig.inUse() == 0);
        assertThat(rig.heard()).isEmpty();
    }

    private void tellOfPoll(int happened) {
        IoUringIoEvent event = new IoUringIoEvent(happened, 0, UringOps.POLL, UringReader.POLL_TAG);
        ((UringStream) rig.stream()).handle(new FakeIoRegistration(rig.stream()), event);
    }
}
