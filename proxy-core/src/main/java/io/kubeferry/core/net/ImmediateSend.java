package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/**
 * Gives bytes to the kernel past Netty's queue of writes, where that queue is empty, as it nearly always is: no entry, no
 * promise, no way through two pipelines. Only epoll's sockets: what an io_uring is asked for goes out together.
 */
public final class ImmediateSend {
    private ImmediateSend() {}

    /**
     * Sends what {@code sink} takes of {@code bytes} without waiting, and moves their reader index by so much. What is left has
     * to be written the usual way, also after a failure, which comes to light then. Event loop of the channel only.
     */
    public static void send(SocketChannel sink, ByteBuf bytes) {
        if (!(sink instanceof EpollSocketChannel channel)
                || !(channel.fd() instanceof Socket socket)
                || !bytes.hasMemoryAddress()
                || !isQueueEmpty(sink)) {
            return;
        }
        try {
            bytes.skipBytes(socket.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex()));
        } catch (IOException failure) {
            // The write that follows fails like this one, and closes the channel as it should.
        }
    }

    private static boolean isQueueEmpty(SocketChannel sink) {
        ChannelOutboundBuffer queue = sink.unsafe().outboundBuffer();
        return queue != null && queue.totalPendingWriteBytes() == 0 && queue.isEmpty();
    }
}
