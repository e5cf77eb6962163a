package io.kubeferry.core.listener;

import io.kubeferry.core.connection.ConnectionAcceptor;
import io.kubeferry.core.connection.ConnectionBudget;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.ProxySnapshot;
import io.kubeferry.core.net.EventLoops;
import io.kubeferry.core.net.TransparentSockets;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.routing.CapturePlan;
import io.kubeferry.core.routing.RoutingPlan;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Accepts the connections of all captured addresses on one transparent listener per event loop and family: ten thousand
 * service ports cost entries in a set of the kernel, not sockets.
 *
 * <p>Thread-safe. Calls block until the host has done what they ask.
 */
public final class CapturingListeners implements Listeners {
    private final TransparentListener.Sockets sockets;
    private final EventLoops loops;
    private final Set<IpFamily> families;
    private final AddressCapture capture;
    private final List<TransparentListener> listeners = new ArrayList<>();
    private final Map<IpFamily, Integer> ports = new EnumMap<>(IpFamily.class);
    private CapturePlan captured = CapturePlan.EMPTY;
    /** What {@link #captured} is for. */
    private RoutingPlan plan = RoutingPlan.EMPTY;

    private NodeIdentity node = new NodeIdentity("", Optional.empty(), List.of());
    private boolean closed;

    private CapturingListeners(
            TransparentListener.Sockets sockets, EventLoops loops, Set<IpFamily> families, AddressCapture capture) {
        this.sockets = sockets;
        this.loops = loops;
        this.families = Set.copyOf(families);
        this.capture = capture;
    }

    /** What listeners are made of, besides what they hand connections to. Immutable; its parts are thread-safe. */
    public record Parts(Transport transport, EventLoops loops, TransparentSockets sockets, Set<IpFamily> families) {}

    /**
     * Listeners made of {@code parts}, to which {@code capture} steers connections; they hand them to {@code acceptor}
     * while {@code budget} has room.
     */
    public static CapturingListeners over(
            Parts parts, AddressCapture capture, ConnectionAcceptor acceptor, ConnectionBudget budget, Ticker ticker) {
        return new CapturingListeners(
                new TransparentListener.Sockets(
                        parts.transport(), parts.sockets(), acceptor, budget, new AcceptPauses(ticker)),
                parts.loops(),
                parts.families(),
                capture);
    }

    @Override
    public synchronized void reconcile(RoutingPlan next, ProxySnapshot snapshot) {
        if (closed) {
            return;
        }
        for (IpFamily family : families) {
            if (!ports.containsKey(family)) {
                ports.put(family, listen(family));
            }
        }
        captured = snapshot.node().equals(node) ? captured.after(plan, next, snapshot) : CapturePlan.of(next, snapshot);
        plan = next;
        node = snapshot.node();
        capture.apply(captured, Map.copyOf(ports));
    }

    /** One listener on each loop; all share the port that the first one got. */
    private int listen(IpFamily family) {
        int port = 0;
        List<TransparentListener> ofFamily = new ArrayList<>();
        try {
            for (EventLoop loop : loops.all()) {
                TransparentListener listener = TransparentListener.open(sockets, loop, family, port);
                ofFamily.add(listener);
                port = listener.port();
            }
        } catch (RuntimeException cannotListen) {
            ofFamily.forEach(TransparentListener::close);
            throw cannotListen;
        }
        listeners.addAll(ofFamily);
        return port;
    }

    /** Nothing to do: what the host did not take fails the whole round, and that is repeated. */
    @Override
    public void retry() {}

    @Override
    public List<BindProblem> problems() {
        return List.of();
    }

    @Override
    public synchronized int listening() {
        return listeners.size();
    }

    @Override
    public long acceptPauses() {
        return sockets.pauses().count();
    }

    /**
     * Stops listening. What the host steers stays as it is, so that clients wait for the process that comes next
     * instead of reaching whatever else their packets would be routed to.
     */
    @Override
    public synchronized void closeAll() {
        closed = true;
        AcceptQueues.empty(
                listeners.stream().map(TransparentListener::channel).toList(),
                sockets.transport(),
                loops,
                sockets.acceptor()::accepted);
        listeners.forEach(TransparentListener::close);
        listeners.clear();
    }
}
