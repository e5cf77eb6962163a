package io.kubeferry.agent;

import io.kubeferry.agent.host.Host;
import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.watch.ClusterSource;
import io.kubeferry.agent.watch.NodeAnswer;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.net.Transport;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Settles, once and before anything is offered, how Service addresses are where the options leave it open. Stateless. */
public final class AddressChoice {
    private static final Logger LOG = LoggerFactory.getLogger(AddressChoice.class);

    /** An API server that is away must not keep an agent from starting. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private AddressChoice() {}

    /**
     * {@code options} as they hold for an agent that serves; asks the source for the own Node where that matters. The
     * answer, and what was found on this host, is told in the log.
     *
     * @throws CannotCaptureException if Service addresses shall be captured, and this host or this process cannot
     * @throws AgentStartException if there is no usable source
     */
    static AgentOptions settle(AgentOptions options, Transport transport) throws AgentStartException {
        return switch (options.addresses().mode()) {
            case LOOPBACK -> options;
            case CAPTURE -> {
                Optional<String> obstacle = CaptureParts.obstacle(options, transport);
                if (obstacle.isPresent()) {
                    throw new CannotCaptureException(obstacle.get());
                }
                yield options;
            }
            case AUTO -> settle(options, ownNode(options), () -> CaptureParts.obstacle(options, transport));
        };
    }

    private static NodeAnswer ownNode(AgentOptions options) throws AgentStartException {
        try (ClusterSource source = Sources.open(options)) {
            // What an earlier process knew a moment ago is as good, also while the source is away.
            return EarlyState.node(options, source)
                    .<NodeAnswer>map(NodeAnswer.Found::new)
                    .orElseGet(() -> source.findNode(PATIENCE));
        }
    }

    /** {@code options} as they would hold for an agent that knows {@code answer}, for those who only look. */
    public static AgentOptions settle(AgentOptions options, NodeAnswer answer) {
        return options.addresses().mode() == AddressMode.AUTO
                ? settle(options, answer, () -> CaptureParts.quietObstacle(options))
                : options;
    }

    private static AgentOptions settle(AgentOptions options, NodeAnswer answer, Supplier<Optional<String>> obstacle) {
        AutoAddresses.Decision decision =
                AutoAddresses.decide(options.node().name(), answer, new Host().interfaceAddresses(), obstacle);
        AddressMode mode = switch (decision) {
            case AutoAddresses.Decision.Capture(var address) -> {
                LOG.info(
                        "addresses of Services are captured: this host is node {} address={}",
                        options.node().name(),
                        IpAddresses.format(address));
                yield AddressMode.CAPTURE;
            }
            case AutoAddresses.Decision.Loopback(String reason, boolean doubtful) -> {
                LOG.atLevel(doubtful ? Level.WARN : Level.INFO)
                        .log("addresses of Services are offered on loopback: {}", reason);
                yield AddressMode.LOOPBACK;
            }
        };
        return options.withAddresses(options.addresses().withMode(mode));
    }
}
