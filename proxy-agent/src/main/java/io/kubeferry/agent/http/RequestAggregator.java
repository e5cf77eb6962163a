package io.kubeferry.agent.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;

/** Joins the parts of a request; one whose body is too large goes on as {@link TooLarge}. Event loop only. */
final class RequestAggregator extends HttpObjectAggregator {
    /** A request that was not read to its end. */
    static final class TooLarge extends DefaultFullHttpRequest {
        private TooLarge() {
            super(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        }
    }

    RequestAggregator(int maxBodyBytes) {
        super(maxBodyBytes, true);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
        ctx.fireChannelRead(new TooLarge());
    }
}
