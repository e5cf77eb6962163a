package io.kubeferry.core.connection;

import io.kubeferry.core.balance.Candidate;
import io.kubeferry.core.model.EndpointRemoval;
import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.observe.CloseReason;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connects an endpoint for one connection: picks one, dials it, and on failure picks another, within the limits of the
 * destination. Endpoints that fail are set aside, where the owner of the Service has not switched that off.
 *
 * <p>Threading: confined to the event loop of the connection.
 */
final class ConnectAttempts implements UpstreamConnector.Listener {
    /** Told how it went. Called on the event loop, possibly before {@link #start} returns. */
    interface Listener {
        /** An attempt begins; a later call means that the one before has failed. */
        void attempting(Candidate candidate);

        /** An endpoint answered after {@code nanos}; whoever takes {@code upstream} closes it. Called once at most. */
        void connected(TcpStream upstream, Candidate candidate, long nanos);

        /** What followed from {@code connected} failed, by a mistake of ours; the upstream is closed. Called once at most. */
        void mistaken(RuntimeException mistake);

        /** No endpoint can be connected, for {@code reason}. Called once at most. */
        void exhausted(CloseReason reason);
    }

    private final ConnectionContext context;
    private final Destination target;
    private final InetAddress client;
    private final EventLoop loop;
    private final Listener listener;
    private final long startNanos;
    private List<Candidate> tried = List.of();
    /** The attempt under way and its endpoint; null between attempts. */
    private @Nullable UpstreamConnector attempt;

    private @Nullable Candidate current;
    private long attemptStartNanos;

    ConnectAttempts(
            ConnectionContext context, Destination target, InetAddress client, EventLoop loop, Listener listener) {
        this.context = context;
        this.target = target;
        this.client = client;
        this.loop = loop;
        this.listener = listener;
        this.startNanos = context.ticker().nanos();
    }

    void start() {
        dial(CloseReason.NO_ENDPOINT);
    }

    /** Gives up: the listener hears no more. */
    void cancel() {
        if (attempt != null) {
            attempt.cancel();
        }
        Candidate abandoned = current;
        if (abandoned != null) {
            abandoned.track().connectionEnded();
        }
        ended();
    }

    /** The endpoint that is being dialled, or null. */
    @Nullable
    Candidate current() {
        return current;
    }

    /** The endpoint that is being dialled has been removed, and its connections are not wanted: tries another one. */
    void endpointRemoved() {
        Candidate removed = current;
        if (removed != null) {
            cancel();
            tryAnother(removed, new ConnectFailure(CloseReason.ENDPOINT_REMOVED, true));
        }
    }

    private void dial(CloseReason reasonIfNoneIsLeft) {
        Candidate next = target.picker().pick(client, tried);
        if (next == null) {
            listener.exhausted(reasonIfNoneIsLeft);
            return;
        }
        if (!tried.isEmpty()) {
            target.stats().connectRetried();
        }
        next.track().connectionBegan();
        current = next;
        attemptStartNanos = context.ticker().nanos();
        listener.attempting(next);
        UpstreamConnector connector = new UpstreamConnector(
                context,
                new UpstreamConnector.Target(next.endpoint(), target.source(), client),
                timeoutMillis(),
                loop,
                this);
        attempt = connector;
        connector.start();
    }

    private int timeoutMillis() {
        int attempts =
                Math.min(target.settings().connectAttempts(), target.picker().size());
        boolean last = tried.size() + 1 >= attempts;
        return target.settings().attemptTimeoutMillis(last, attemptStartNanos - startNanos);
    }

    @Override
    public void connected(TcpStream upstream) {
        Candidate reached = underWay();
        if (reached.track().isGone() && !(target.rules().onEndpointRemoval() instanceof EndpointRemoval.Keep)) {
            // Removed just now: a connection that nobody uses yet is better made elsewhere.
            ended();
            reached.track().connectionEnded();
            upstream.close();
            tryAnother(reached, new ConnectFailure(CloseReason.ENDPOINT_REMOVED, true));
            return;
        }
        long now = context.ticker().nanos();
        boolean isBack = reached.track().connected(now);
        // From here on it is the listener's, and until here cancel() ends it.
        ended();
        listener.connected(upstream, reached, now - attemptStartNanos);
        target.picker().connected(client, reached.endpoint());
        if (isBack) {
            EndpointTrial.reportBack(target, reached);
        }
    }

    @Override
    public void mistaken(RuntimeException mistake) {
        listener.mistaken(mistake);
    }

    @Override
    public void failed(SocketFailure failure) {
        Candidate unreachable = underWay();
        ended();
        unreachable.track().connectionEnded();
        ConnectFailure meaning = ConnectFailure.of(failure);
        if (maySetAside(meaning)
                && unreachable
                        .track()
                        .connectFailed(attemptStartNanos, context.ticker().nanos())) {
            new EndpointTrial(context, target, unreachable, loop).setAsideFor(meaning.reason());
        }
        tryAnother(unreachable, meaning);
    }

    /** Where there is no other endpoint, nothing is won. */
    private boolean maySetAside(ConnectFailure meaning) {
        return meaning.blamesEndpoint()
                && target.rules().setAside()
                && target.picker().size() > 1;
    }

    private Candidate underWay() {
        Candidate dialled = current;
        if (dialled == null) {
            throw new IllegalStateException("no attempt is under way");
        }
        return dialled;
    }

    private void ended() {
        attempt = null;
        current = null;
    }

    private void tryAnother(Candidate inVain, ConnectFailure meaning) {
        tried = new ArrayList<>(tried);
        tried.add(inVain);
        if (meaning.retryable() && tried.size() < target.settings().connectAttempts()) {
            dial(meaning.reason());
        } else {
            listener.exhausted(meaning.reason());
        }
    }
}
