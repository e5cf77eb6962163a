package io.kubeferry.agent.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of one connection, one after the other: the next one is not read before the answer is written.
 * Event loop only, except that a slow route's responder runs on the worker.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends the connection either way.
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

    private final HttpSite site;
    private final Executor worker;
    private final ConnectionDeadline deadline;
    /** Requests that came with one before them; as many as fit one read. */
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    private boolean answering;
    /** Set when the last answer is being written: what still arrives is not looked at. */
    private boolean parted;

    RequestHandler(HttpSite site, Executor worker, ConnectionDeadline deadline) {
        this.site = site;
        this.worker = worker;
        this.deadline = deadline;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        Runnable turn = turn(ctx, request);
        if (answering) {
            waiting.add(turn);
        } else {
            take(turn);
        }
    }

    private void take(Runnable turn) {
        if (!parted) {
            answering = true;
            deadline.answering();
            turn.run();
        }
    }

    /** What to do about {@code request} when its turn comes. The request itself is not kept. */
    private Runnable turn(ChannelHandlerContext ctx, FullHttpRequest request) {
        Optional<HttpReply> fault = fault(request);
        if (fault.isPresent()) {
            return () -> writeLast(ctx, fault.get());
        }
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        try {
            HttpCall call = call(ctx, request);
            return () -> answer(ctx, call, keepAlive);
        } catch (IllegalArgumentException e) {
            return () -> writeLast(ctx, HttpReply.text(400, "malformed request target: " + e.getMessage() + "\n"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("HTTP connection lost site={} reason={}", site.name(), cause.getMessage());
        } else {
            log.warn("HTTP connection failed and is closed site={} reason={}", site.name(), cause.toString());
        }
        ctx.close();
    }

    private static Optional<HttpReply> fault(FullHttpRequest request) {
        if (request instanceof RequestAggregator.TooLarge) {
            return Optional.of(HttpReply.text(413, "the request's body is too large\n"));
        }
        if (request.decoderResult().isSuccess()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (request.decoderResult().cause()) {
                    case TooLongHttpLineException line -> HttpReply.text(414, "the request line is too long\n");
                    case TooLongHttpHeaderException headers -> HttpReply.text(431, "the headers are too long\n");
                    case null, default -> HttpReply.text(400, "this is no HTTP request\n");
                });
    }

    private static HttpCall call(ChannelHandlerContext ctx, FullHttpRequest request) {
        QueryStringDecoder target = new QueryStringDecoder(request.uri());
        Map<String, String> headers = new HashMap<>();
        request.headers()
                .forEach(header -> headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
        InetSocketAddress local = (InetSocketAddress) ctx.channel().localAddress();
        return new HttpCall(request.method().name(), target.path(), target.parameters(), headers, local.getAddress());
    }

    private void answer(ChannelHandlerContext ctx, HttpCall call, boolean keepAlive) {
        if (!site.hostCheck().accepts(call.header("host"))) {
            String host = call.header("host").orElse("none");
            write(ctx, HttpReply.text(403, "not served under this host name: " + host + "\n"), keepAlive);
            return;
        }
        Optional<HttpRoute> found = site.routes().find(call.path());
        if (found.isEmpty()) {
            write(ctx, HttpReply.text(404, "404 page not found\n"), keepAlive);
            return;
        }
        HttpRoute route = found.get();
        if (!allowed(route, call.method())) {
            HttpReply refusal =
                    HttpReply.text(405, "method not allowed: " + call.method() + " (expected: GET or HEAD)\n");
            write(ctx, refusal.with("Allow", "GET, HEAD"), keepAlive);
            return;
        }
        switch (route.place()) {
            case EVENT_LOOP -> write(ctx, respond(route, call), keepAlive);
            case WORKER -> answerOnWorker(ctx, route, call, keepAlive);
        }
    }

    private static boolean allowed(HttpRoute route, String method) {
        return switch (route.methods()) {
            case ANY -> true;
            case GET_AND_HEAD -> method.equals("GET") || method.equals("HEAD");
        };
    }

    private void answerOnWorker(ChannelHandlerContext ctx, HttpRoute route, HttpCall call, boolean keepAlive) {
        try {
            worker.execute(() -> {
                HttpReply reply = respond(route, call);
                ctx.executor().execute(() -> write(ctx, reply, keepAlive));
            });
        } catch (RejectedExecutionException e) {
            write(ctx, HttpReply.text(503, "too many requests are waiting\n"), keepAlive);
        }
    }

    private HttpReply respond(HttpRoute route, HttpCall call) {
        try {
            return route.responder().respond(call);
        } catch (Throwable failure) { // A responder's mistake, even an Error, must end neither thread.
            log.warn("HTTP request failed site={} path={} reason={}", site.name(), call.path(), failure.toString());
            log.debug("The failure in full", failure);
            return HttpReply.text(500, "internal error\n");
        }
    }

    private void writeLast(ChannelHandlerContext ctx, HttpReply reply) {
        write(ctx, reply, false);
    }

    private void write(ChannelHandlerContext ctx, HttpReply reply, boolean keepAlive) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()), Unpooled.wrappedBuffer(reply.body()));
        reply.headers().forEach((name, value) -> response.headers().set(name, value));
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, reply.body().length);
        HttpUtil.setKeepAlive(response, keepAlive);
        ChannelFuture written = ctx.writeAndFlush(response);
        if (keepAlive) {
            written.addListener(done -> next(ctx, done.isSuccess()));
        } else {
            parted = true;
            written.addListener(done -> part(ctx));
        }
    }

    private void next(ChannelHandlerContext ctx, boolean written) {
        if (!written) {
            ctx.close();
            return;
        }
        answering = false;
        Runnable turn = waiting.poll();
        if (turn == null) {
            deadline.answered();
            ctx.read();
        } else {
            take(turn);
        }
    }

    /** Half-closes and reads on: a close with unread bytes is a reset, which may overtake the answer. */
    private void part(ChannelHandlerContext ctx) {
        deadline.parting();
        ((SocketChannel) ctx.channel())
                .shutdownOutput(); // A failure means that the client is gone, which closes anyway.
        ctx.channel().config().setAutoRead(true);
    }
}
