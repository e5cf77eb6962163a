package io.kubeferry.agent.http;

import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the pipeline of an accepted connection, or closes it if there are too many. Event loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // A connection that is turned away is over whatever its close says.
final class ConnectionInitializer extends ChannelInitializer<SocketChannel> {
    private static final Logger log = LoggerFactory.getLogger(ConnectionInitializer.class);

    private final HttpSite site;
    private final Executor worker;
    private final ChannelGroup connections;
    private final AtomicBoolean limitReported = new AtomicBoolean();

    ConnectionInitializer(HttpSite site, Executor worker, ChannelGroup connections) {
        this.site = site;
        this.worker = worker;
        this.connections = connections;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        if (!site.budget().take()) {
            if (limitReported.compareAndSet(false, true)) {
                log.warn("Too many HTTP connections, more are closed at once site={}", site.name());
            }
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> site.budget().giveBack());
        connections.add(channel);
        HttpLimits limits = site.limits();
        ConnectionDeadline deadline = new ConnectionDeadline(limits);
        channel.pipeline()
                .addLast(deadline)
                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                        .setMaxInitialLineLength(limits.maxLineBytes())
                        .setMaxHeaderSize(limits.maxHeaderBytes())))
                .addLast(new RequestAggregator(limits.maxBodyBytes()))
                .addLast(new RequestHandler(site, worker, deadline));
    }
}
