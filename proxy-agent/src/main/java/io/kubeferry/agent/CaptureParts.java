package io.kubeferry.agent;

import io.kubeferry.agent.host.CaptureSettings;
import io.kubeferry.agent.host.Host;
import io.kubeferry.agent.host.LinuxCapture;
import io.kubeferry.agent.host.LiveNodeNetwork;
import io.kubeferry.agent.host.Preflight;
import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.SourceAddressMode;
import io.kubeferry.core.DataPlaneConfig;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.net.Transport;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What capturing Service addresses takes, from the checks before the start to the end of the agent. */
final class CaptureParts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureParts.class);

    private final AgentOptions options;
    private final LinuxCapture capture;
    private final LiveNodeNetwork network;

    private CaptureParts(AgentOptions options, LinuxCapture capture, LiveNodeNetwork network) {
        this.options = options;
        this.capture = capture;
        this.network = network;
    }

    /**
     * Looks at this host and at this process, tells what was found, and says what makes capturing impossible, if anything
     * does.
     */
    static Optional<String> obstacle(AgentOptions options, Transport transport) {
        return obstacle(options, transport, CaptureParts::log);
    }

    /** As {@link #obstacle}, for those who only look: tells nothing, and takes the transport that the options ask for. */
    static Optional<String> quietObstacle(AgentOptions options) {
        try {
            return obstacle(options, Transport.choose(options.transport().preference()), _ -> {});
        } catch (IllegalArgumentException noSuchTransport) {
            return Optional.of(String.valueOf(noSuchTransport.getMessage()));
        }
    }

    private static Optional<String> obstacle(
            AgentOptions options, Transport transport, Consumer<Preflight.Finding> teller) {
        if (!transport.isNative()) {
            return Optional.of("capturing needs the transport io_uring or epoll, and this is " + transport.name() + " ("
                    + transport.reason() + ")");
        }
        List<Preflight.Finding> findings = Preflight.onThisHost(
                        options.addresses().mark())
                .run(options.services().proxyName().isEmpty());
        findings.forEach(teller);
        return Preflight.impossible(findings);
    }

    /** The parts, where {@code options} want Service addresses captured and {@link #obstacle} found nothing against it. */
    static Optional<CaptureParts> of(AgentOptions options, HandOver handOver) {
        if (options.addresses().mode() != AddressMode.CAPTURE) {
            return Optional.empty();
        }
        String owner = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        LinuxCapture capture = LinuxCapture.onThisHost(new CaptureSettings(
                owner, options.addresses().mark(), options.services().clusterCidrs(), handOver::isAlone));
        LiveNodeNetwork network =
                new LiveNodeNetwork(options.node().name(), options.services().clusterCidrs(), new Host(), capture);
        return Optional.of(new CaptureParts(options, capture, network));
    }

    DataPlaneConfig.Capture config(Set<IpFamily> families) {
        return new DataPlaneConfig.Capture(
                capture,
                network,
                families,
                options.addresses().mark().own(),
                options.addresses().source() != SourceAddressMode.NODE);
    }

    /** How often something of ours was put back on the host. */
    long repairs() {
        return capture.repairs();
    }

    private static void log(Preflight.Finding finding) {
        switch (finding.grade()) {
            case FINE -> LOG.info("check: {}", finding.what());
            case DOUBTFUL -> LOG.warn("check: {}", finding.what());
            case IMPOSSIBLE -> {
                // What follows from it is told by those who asked.
            }
        }
    }

    @Override
    public void close() {
        capture.close();
        network.close();
    }
}
