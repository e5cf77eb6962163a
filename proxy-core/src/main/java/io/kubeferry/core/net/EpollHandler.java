package io.kubeferry.core.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;

/**
 * Netty's handler of an epoll set, whose streams tell old events from theirs.
 *
 * <p>What the set tells comes in batches. While one is worked through, a connection may end and its descriptor's number be given
 * to another, to which the rest of the batch would be told: one that is connecting would think that it has been answered.
 *
 * <p>Threading: as {@link IoHandler}.
 */
final class EpollHandler extends WatchableIoHandler {
    private long batch;

    EpollHandler(IoHandler epoll) {
        super(epoll);
    }

    static IoHandlerFactory newFactory() {
        return ForwardingIoHandler.factory(EpollIoHandler.newFactory(), (epoll, _) -> new EpollHandler(epoll));
    }

    @Override
    public int run(IoHandlerContext context) {
        batch++;
        return super.run(context);
    }

    /** The number of the last batch that was asked for. */
    long batch() {
        return batch;
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        if (handle instanceof EpollStream stream) {
            stream.registeredBy(this);
        }
        return super.register(handle);
    }

    @Override
    SocketWatch watch(TcpStream stream) {
        return ((EpollStream) stream).watch();
    }
}
