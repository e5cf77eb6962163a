package io.kubeferry.core.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll handler, but a socket stays in the epoll set until its channel is deregistered.
 *
 * <p>Netty 4.2.18 takes a socket out of the set when nothing is waited for, and never puts it back: the next wish fails
 * with ENOENT. That is the fate of every client that sends its FIN first and then reads a large answer slowly: with the
 * FIN read, nothing is left to wait for; when its socket is full, waiting for room fails and the answer is cut off.
 *
 * <p>So where Netty wants to wait for nothing, this waits for nothing but the edges of errors: a reset is reported once
 * and an ended socket does not keep the loop busy.
 *
 * <p>Threading: as {@link IoHandler}.
 */
final class RegisteredEpoll extends ForwardingIoHandler {
    private RegisteredEpoll(IoHandler epoll) {
        super(epoll);
    }

    static IoHandlerFactory newFactory() {
        return factory(EpollIoHandler.newFactory(), (epoll, _) -> new RegisteredEpoll(epoll));
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Registration(super.register(handle));
    }

    private static final class Registration implements IoRegistration {
        private final IoRegistration registration;

        Registration(IoRegistration registration) {
            this.registration = registration;
        }

        @Override
        public long submit(IoOps wish) {
            return registration.submit(wish.equals(EpollIoOps.NONE) ? EpollIoOps.EPOLLET : wish);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature.
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
