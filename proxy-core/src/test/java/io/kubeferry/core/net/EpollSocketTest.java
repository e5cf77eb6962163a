package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What epoll is told of a channel's wishes, and when. */
class EpollSocketTest {
    private final FakeChannel channel = new FakeChannel();
    private final FakeIoHandler epoll = new FakeIoHandler();
    private final EpollHandler loop = new EpollHandler(epoll);
    private IoRegistration ofChannel;

    @BeforeAll
    static void needsTheNamesOfEpoll() {
        assumeTrue(Epoll.isAvailable());
    }

    @BeforeEach
    void registerChannel() throws Exception {
        ofChannel = loop.register(channel);
    }

    @Test
    void aWishIsToldBeforeTheLoopWaits() {
        ofChannel.submit(EpollIoOps.EPOLLIN);
        assertThat(told()).isEmpty();

        loop.run(new NoContext());
        assertThat(told()).containsExactly(EpollIoOps.EPOLLIN);
    }

    @Test
    void ofWishesInARowTheLastIsTold() {
        ofChannel.submit(EpollIoOps.EPOLLRDHUP);
        ofChannel.submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP));
        loop.run(new NoContext());

        assertThat(told()).containsExactly(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP));
    }

    @Test
    void aWishThatIsTakenBackCostsNothing() {
        ofChannel.submit(EpollIoOps.EPOLLIN);
        loop.run(new NoContext());
        ofChannel.submit(EpollIoOps.EPOLLRDHUP);
        ofChannel.submit(EpollIoOps.EPOLLIN);
        loop.run(new NoContext());

        assertThat(told()).containsExactly(EpollIoOps.EPOLLIN);
    }

    @Test
    void aChannelWithoutAWishStaysInTheSetForTheEdgesOfErrors() {
        ofChannel.submit(EpollIoOps.EPOLLIN);
        loop.run(new NoContext());
        ofChannel.submit(EpollIoOps.NONE);
        loop.run(new NoContext());

        assertThat(told()).containsExactly(EpollIoOps.EPOLLIN, EpollIoOps.EPOLLET);
    }

    @Test
    void aChannelThatKnowsOfTheEndIsNotToldOfInputAgain() {
        ofChannel.submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP));
        loop.run(new NoContext());
        told().clear();
        happens(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP));
        ofChannel.submit(EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLOUT));
        loop.run(new NoContext());

        assertThat(told()).containsExactly(EpollIoOps.EPOLLOUT);
    }

    @Test
    void nothingIsToldOfAChannelThatHasGoneMeanwhile() {
        ofChannel.submit(EpollIoOps.EPOLLIN);
        ofChannel.cancel();
        loop.run(new NoContext());

        assertThat(told()).as("its descriptor may be another's by now").isEmpty();
    }

    @Test
    void aChannelThatEpollDoesNotTakeIsClosedAndTheLoopGoesOn() {
        registration().refuse();
        ofChannel.submit(EpollIoOps.EPOLLIN);
        loop.run(new NoContext());

        assertThat(channel.isClosed).isTrue();
    }

    private void happens(EpollIoOps events) {
        EpollIoHandle socket = (EpollIoHandle) registration().handle();
        socket.handle(registration(), (EpollIoEvent) () -> events);
    }

    private FakeIoRegistration registration() {
        return epoll.registrations().getFirst();
    }

    private List<IoOps> told() {
        return registration().submitted();
    }

    private static final class FakeChannel implements EpollIoHandle {
        private boolean isClosed;

        @Override
        public FileDescriptor fd() {
            return new FileDescriptor(7);
        }

        @Override
        public void handle(IoRegistration ofThis, IoEvent event) {}

        @Override
        public void close() {
            isClosed = true;
        }
    }

    private static final class NoContext implements IoHandlerContext {
        @Override
        public boolean canBlock() {
            return false;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return -1;
        }
    }
}
