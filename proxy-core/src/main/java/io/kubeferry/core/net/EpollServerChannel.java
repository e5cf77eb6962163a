package io.kubeferry.core.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.NativeInetAddress;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A listening socket on an epoll set, whose connections are {@link EpollStream}s.
 *
 * <p>Threading: as {@link io.netty.channel.Channel}.
 */
final class EpollServerChannel extends NativeServerChannel {
    /** Then others on the loop have their turn; epoll tells again of what is left. */
    private static final int ACCEPTED_PER_TURN = 16;

    /** For the length of an address, and the longest one: its bytes, its scope and its port. */
    private static final int PEER_BYTES = 1 + 16 + Integer.BYTES + Integer.BYTES;

    /** Where Netty writes who has connected. */
    private final byte[] peer = new byte[PEER_BYTES];

    private boolean isAccepting;

    EpollServerChannel() {
        super(EpollIoHandle.class);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new Unsafe();
    }

    @Override
    void resumeAccepting(IoRegistration its) {
        if (!isAccepting) {
            isAccepting = true;
            long _ = its.submit(EpollEvents.CONNECTIONS);
        }
    }

    @Override
    void pauseAccepting(IoRegistration its) {
        if (isAccepting) {
            isAccepting = false;
            long _ = its.submit(EpollEvents.NOTHING);
        }
    }

    private final class Unsafe extends ListeningUnsafe implements EpollIoHandle {
        @Override
        public TcpDescriptor fd() {
            return EpollServerChannel.this.fd();
        }

        @Override
        public void handle(IoRegistration ofThis, IoEvent event) {
            try {
                for (int i = 0; i < ACCEPTED_PER_TURN && isAccepting && isOpen(); i++) {
                    int descriptor = fd().accept(peer);
                    if (descriptor < 0) {
                        return;
                    }
                    InetSocketAddress remote = NativeInetAddress.address(peer, 1, peer[0]);
                    pipeline().fireChannelRead(EpollStream.accepted(descriptor, addressOfAccepted(), remote, alloc()));
                }
            } catch (IOException failure) {
                pipeline().fireExceptionCaught(failure);
            }
        }
    }
}
