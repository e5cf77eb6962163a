package io.kubeferry.core.connection;

import io.kubeferry.core.net.StreamListener;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Listens to the downstream until the relay takes over, and keeps what arrives before.
 *
 * <p>Nothing is read on purpose while the endpoint is being connected. But epoll reads to the end once the client has
 * sent a FIN, and a client may well send its request and its FIN at once.
 *
 * <p>Threading: event loop of the stream only.
 */
final class EarlyInput implements StreamListener {
    private final ProxiedConnection connection;
    private final Queue<ByteBuf> held = new ArrayDeque<>(0);
    private boolean hasEnded;
    private boolean isDiscarded;

    EarlyInput(ProxiedConnection connection) {
        this.connection = connection;
    }

    @Override
    public void opened() {
        connection.begin();
    }

    @Override
    public void read(ByteBuf bytes) {
        if (isDiscarded) {
            // A read may have been under way when the connection ended.
            bytes.release();
        } else {
            held.add(bytes);
        }
    }

    @Override
    public void inputEnded() {
        hasEnded = true;
    }

    @Override
    public void failed(Throwable cause) {
        connection.downstreamGone();
    }

    /** Passes on what was kept to {@code next}, which has taken this one's place. */
    void handOver(StreamListener next) {
        boolean hasBytes = !held.isEmpty();
        while (!held.isEmpty()) {
            next.read(held.remove());
        }
        if (hasBytes) {
            next.readComplete();
        }
        if (hasEnded) {
            next.inputEnded();
        }
    }

    /** Lets go of what was kept, and of what may still come: nobody will ever get it. */
    void discard() {
        isDiscarded = true;
        held.forEach(ByteBuf::release);
        held.clear();
    }
}
