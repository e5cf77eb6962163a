package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.core.testing.Await;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the channel of a socket on an io_uring reads. */
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
        rig.channel().eventLoop().submit(() -> {}).sync();
        assertThat(rig.heard()).isEmpty();

        rig.channel().read();
        rig.awaitHeard("early");
    }

    @Test
    void bytesArePassedOnBeforeTheEnd() throws Exception {
        rig.say("last words");
        rig.client().shutdownOutput();
        rig.channel().config().setAutoRead(true);
        rig.awaitHeard("last words", UringRig.END);

        assertThat(rig.channel().isInputShutdown()).isTrue();
        assertThat(rig.channel().isOpen()).as("the other direction goes on").isTrue();
        rig.channel()
                .writeAndFlush(Unpooled.copiedBuffer("answer", StandardCharsets.US_ASCII))
                .sync();
        assertThat(rig.client().getInputStream().readNBytes(6)).asString().isEqualTo("answer");
    }

    @Test
    void withoutHalfClosureTheEndCloses() throws Exception {
        rig.channel().config().setAllowHalfClosure(false);
        rig.channel().config().setAutoRead(true);
        rig.client().shutdownOutput();

        rig.awaitHeard(UringRig.INACTIVE);
        assertThat(rig.client().getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aResetIsToldThoughNobodyReads() throws Exception {
        rig.reset();

        rig.awaitHeard(SocketFailure.RESET.name(), UringRig.INACTIVE);
    }

    @Test
    void aResetIsToldThoughAConnectionThatLastsIsPaused() throws Exception {
        rig.talk(MANY);
        rig.channel().config().setAutoRead(false);
        rig.channel().eventLoop().submit(() -> {}).sync();
        rig.heard().clear();
        rig.reset();

        rig.awaitHeard(SocketFailure.RESET.name(), UringRig.INACTIVE);
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
        rig.channel().config().setAutoRead(true);
        Await.until(() -> rig.inUse() > 0);
        rig.channel().eventLoop().submit(rig.channel()::lasts).sync();

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
        rig.channel().eventLoop().submit(rig.channel()::lasts).sync();
        rig.reset();

        rig.awaitHeard(SocketFailure.RESET.name(), UringRig.INACTIVE);
    }

    @Test
    void whatComesWhileAConnectionThatLastsIsPausedIsReadAfterwards() throws Exception {
        rig.talk(MANY);
        rig.heard().clear();
        rig.channel().config().setAutoRead(false);
        rig.channel().eventLoop().submit(() -> {}).sync();
        rig.say("meanwhile");
        rig.channel().eventLoop().submit(() -> {}).sync();
        assertThat(rig.heard()).isEmpty();

        rig.channel().config().setAutoRead(true);
        rig.awaitHeard("meanwhile");
        rig.client().shutdownOutput();
        rig.awaitHeard("meanwhile", UringRig.END);
    }

    @Test
    void aReadThatIsCalledOffPassesOnWhatItBroughtFirst() throws Exception {
        rig.say("under way");
        Await.until(() -> rig.inUse() > 0);
        CompletableFuture<String> heardBefore = new CompletableFuture<>();
        rig.channel()
                .eventLoop()
                .execute(() -> rig.channel().endReads(() -> heardBefore.complete(String.join(",", rig.heard()))));

        assertThat(heardBefore.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("under way");
        assertThat(rig.inUse()).isZero();
    }

    @Test
    void readingGoesOnAfterAReadWasCalledOff() throws Exception {
        for (int exchanges : new int[] {0, MANY}) {
            rig.talk(exchanges);
            rig.heard().clear();
            CompletableFuture<Void> ended = new CompletableFuture<>();
            rig.channel().eventLoop().execute(() -> {
                rig.channel().config().setAutoRead(false);
                rig.channel().endReads(() -> ended.complete(null));
                // Before the ring has heard of it.
                rig.channel().config().setAutoRead(true);
            });
            ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            rig.say("more");
            rig.awaitHeard("more");
        }
    }

    @Test
    void whatThePollStillTellsDoesNotBeginAReadThatWasCalledOff() throws Exception {
        rig.talk(MANY);
        rig.channel().config().setAutoRead(false);
        boolean reads = rig.channel()
                .eventLoop()
                .submit(() -> {
                    rig.channel().endReads(() -> {});
                    tellOfPoll(UringOps.IN | UringOps.END | UringOps.ERROR);
                    return rig.inUse() > 0;
                })
                .sync()
                .getNow();

        assertThat(reads).isFalse();
    }

    @Test
    void aConnectionThatThereIsNoMemoryForIsClosed() throws Exception {
        rig.talk(MANY);
        rig.heard().clear();
        rig.channel().config().setAllocator(new Exhausted());
        rig.say("too much");

        rig.awaitHeard(SocketFailure.OTHER.name(), UringRig.INACTIVE);
    }

    private void tellOfPoll(int happened) {
        IoUringIoEvent event = new IoUringIoEvent(happened, 0, UringOps.POLL, UringReader.POLL_TAG);
        ((IoUringIoHandle) rig.channel().unsafe())
                .handle(new FakeIoRegistration((IoUringIoHandle) rig.channel().unsafe()), event);
    }

    /** Has no memory left. */
    private static final class Exhausted extends AbstractByteBufAllocator {
        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            throw new IllegalStateException("no memory");
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            throw new IllegalStateException("no memory");
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }
}
