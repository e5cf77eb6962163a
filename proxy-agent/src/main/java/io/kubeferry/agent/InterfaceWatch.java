package io.kubeferry.agent;

import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.routing.HostFacts;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for a sync when this host's addresses change, since node ports may be offered on others then.
 *
 * <p>Threading: a thread of its own.
 */
final class InterfaceWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InterfaceWatch.class);
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("kubeferry-interfaces").factory());
    private final NodeHost host;
    private final Supplier<NodeIdentity> node;
    private final Runnable onChange;
    private HostFacts known;

    /** Calls {@code onChange} when what {@code host} offers to {@code node} has changed. */
    InterfaceWatch(NodeHost host, Supplier<NodeIdentity> node, Runnable onChange) {
        this.host = host;
        this.node = node;
        this.onChange = onChange;
        this.known = host.facts(node.get());
        timer.scheduleWithFixedDelay(this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            HostFacts now = host.facts(node.get());
            if (!now.equals(known)) {
                known = now;
                onChange.run();
            }
        } catch (RuntimeException failure) {
            LOG.warn(
                    "could not look at the host's addresses, those last seen count, looking again soon: reason={}",
                    failure.toString());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
