package io.kubeferry.core.connection;

import io.kubeferry.core.balance.Candidate;
import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.routing.SourceAddress;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings an endpoint that was set aside back: when its time aside is over, one connection finds out whether it answers.
 * The connection has no client, so nobody waits while an endpoint that is still dead does not answer.
 *
 * <p>Threading: confined to one event loop.
 */
final class EndpointTrial implements UpstreamConnector.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointTrial.class);

    private final ConnectionContext context;
    private final Destination target;
    private final Candidate candidate;
    private final EventLoop loop;

    EndpointTrial(ConnectionContext context, Destination target, Candidate candidate, EventLoop loop) {
        this.context = context;
        this.target = target;
        this.candidate = candidate;
        this.loop = loop;
    }

    /** The endpoint has just been set aside, for {@code reason}. */
    void setAsideFor(CloseReason reason) {
        LOG.info(
                "Service {}: endpoint {} is set aside, others get its part of connections: {}",
                target.stats().name(),
                candidate,
                reason.label());
        schedule();
    }

    /** Says that {@code candidate} is back. */
    static void reportBack(Destination target, Candidate candidate) {
        LOG.info(
                "Service {}: endpoint {} answers again and gets its part of connections",
                target.stats().name(),
                candidate);
    }

    @Override
    public void connected(TcpStream upstream) {
        target.rules().proxyProtocol().ifPresent(version -> ProxyHeader.sendWithoutClient(upstream, version));
        upstream.close();
        if (candidate.track().connected(context.ticker().nanos())) {
            reportBack(target, candidate);
        }
    }

    @Override
    public void failed(SocketFailure failure) {
        if (candidate.track().trialFailed(context.ticker().nanos())) {
            schedule();
        }
    }

    @Override
    public void mistaken(RuntimeException mistake) {
        LOG.warn("a mistake in kubeferry, the endpoint is tried again later: endpoint={}", candidate, mistake);
        if (candidate.track().trialFailed(context.ticker().nanos())) {
            schedule();
        }
    }

    private void schedule() {
        loop.schedule(this::begin, candidate.track().timeAside().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void begin() {
        if (candidate.track().beginTrial(context.ticker().nanos())) {
            UpstreamConnector.Target nobodys = new UpstreamConnector.Target(
                    candidate.endpoint(),
                    SourceAddress.NODE,
                    candidate.endpoint().address());
            new UpstreamConnector(context, nobodys, target.settings().attemptTimeoutMillis(false, 0), loop, this)
                    .start();
        }
    }
}
