package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a stream on an io_uring asks the kernel for when it reads. The kernel's answers are the test's. */
@Timeout(60)
class UringReadOperationsTest {
    /** As an operation that shall not try before it has waited (IORING_RECVSEND_POLL_FIRST) says it. */
    private static final String WAITS_FIRST = "ioPrio=1,";

    private static final String TRIES_FIRST = "ioPrio=0,";
    private static final int NO_MORE_INPUT = 0;
    /** IORING_CQE_F_SOCK_NONEMPTY. */
    private static final int MORE_INPUT = 1 << 2;
    /** IORING_CQE_F_MORE. */
    private static final int GOES_ON = 1 << 1;

    private final FakeIoHandler ring = new FakeIoHandler();
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, new IoHandlerFactory() {
        @Override
        public IoHandler newHandler(ThreadAwareExecutor executor) {
            return ring;
        }

        @Override
        public boolean isChangingThreadSupported() {
            return false;
        }
    });
    private UringStream stream;

    @BeforeAll
    static void needsAnIoUring() {
        assumeTrue(IoUring.isAvailable());
    }

    @BeforeEach
    void accept() throws Exception {
        stream = UringStream.accepted(
                TcpDescriptor.newSocketFor(InetAddress.getLoopbackAddress()), null, UnpooledByteBufAllocator.DEFAULT);
        onLoop(() -> stream.accept(loops.next(), new Deaf()));
        onLoop(stream::resumeReading);
    }

    @AfterEach
    void close() throws Exception {
        onLoop(() -> {
            stream.close();
            // Of the last read, whose buffer the kernel would have.
            completed(UringOps.RECEIVE, -1, 0, 0);
        });
        new TcpDescriptor(stream.descriptorNumber()).close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
    }

    @Test
    void theFirstReadTriesAtOnce() {
        assertThat(lastOperation()).contains("opcode=" + UringOps.RECEIVE, TRIES_FIRST);
    }

    @Test
    void aReadBehindOneThatHasEmptiedTheSocketWaitsFirst() throws Exception {
        received(NO_MORE_INPUT);

        assertThat(lastOperation()).contains("opcode=" + UringOps.RECEIVE, WAITS_FIRST);
    }

    @Test
    void aReadBehindOneThatHasLeftSomethingTriesAtOnce() throws Exception {
        received(MORE_INPUT);

        assertThat(lastOperation()).contains("opcode=" + UringOps.RECEIVE, TRIES_FIRST);
    }

    @Test
    void aConnectionThatLastsIsWatchedByAPoll() throws Exception {
        received(NO_MORE_INPUT);
        received(NO_MORE_INPUT);

        assertThat(lastOperation()).contains("opcode=" + UringOps.POLL);
    }

    @Test
    void whatThePollHasToldOfIsReadAtOnce() throws Exception {
        received(NO_MORE_INPUT);
        received(NO_MORE_INPUT);
        onLoop(() -> completed(UringOps.POLL, UringOps.IN, GOES_ON, UringReader.POLL_TAG));

        assertThat(lastOperation()).contains("opcode=" + UringOps.RECEIVE, TRIES_FIRST);
    }

    private void received(int flags) throws Exception {
        onLoop(() -> completed(UringOps.RECEIVE, 1, flags, 0));
    }

    private void completed(byte operation, int result, int flags, long tag) {
        stream.handle(ring.registrations().getFirst(), new IoUringIoEvent(result, flags, operation, tag));
    }

    private String lastOperation() {
        return ring.registrations().getFirst().submitted().getLast().toString();
    }

    private void onLoop(Runnable action) throws Exception {
        loops.submit(action).get(30, TimeUnit.SECONDS);
    }

    private static final class Deaf implements StreamListener {
        @Override
        public void opened() {}

        @Override
        public void read(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public void inputEnded() {}

        @Override
        public void writableAgain() {}

        @Override
        public void failed(Throwable cause) {}
    }
}
