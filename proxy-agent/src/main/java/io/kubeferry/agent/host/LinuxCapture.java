package io.kubeferry.agent.host;

import io.kubeferry.core.listener.AddressCapture;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.routing.CapturePlan;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures Service addresses with a table of nftables, and with policy routing. The first plan replaces whatever an
 * earlier process left; later ones are small changes. What other programs take away is put back.
 *
 * <p>Of several processes the one that came last owns the table: the others notice at their next change and leave it
 * alone. So a new one takes over without a gap while the old one lets its connections finish. If the new one goes
 * while the old one is still at work, the old one captures again at once.
 *
 * <p>Thread-safe. Calls block until the host has answered.
 */
public final class LinuxCapture implements AddressCapture, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxCapture.class);
    /** Half of what is promised: 30 s. */
    private static final Duration CHECK_PERIOD = Duration.ofSeconds(15);

    /** A client whose SYN was dropped tries again after a second, and shall find a process at work. */
    private static final Duration OTHER_PROCESS_PERIOD = Duration.ofMillis(200);

    private static final int SHOWN_OUTPUT = 300;

    private final HostCommands commands;
    private final NftScript script;
    private final PolicyRouting routing;
    private final PassedUpPackets passedUp;
    private final NodeConnections connections;
    private final BooleanSupplier alone;
    private final ScheduledExecutorService checks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("kubeferry-host-check").factory());
    /** What the host has; null before the first plan, and where it did not take the last one. */
    private volatile @Nullable Applied applied;
    /** What the host shall have; empty ports mean that there was no plan yet. */
    private CapturePlan lastPlan = CapturePlan.EMPTY;

    private Map<IpFamily, Integer> lastPorts = Map.of();
    private final FormerPlaces former = new FormerPlaces();
    /** What the host shall capture for the first time, and has not been told yet. */
    private final Set<String> first = new HashSet<>();

    private Set<BridgedPods> bridged = Set.of();
    private boolean canLift = true;
    private Tenure tenure = Tenure.NEW;
    /** Whether another process was at work when last looked. */
    private boolean accompanied;

    private volatile long repairs;

    /**
     * What the host was last told: {@link #lastPlan}, and this.
     *
     * @param localEndpoints the addresses of endpoints of this node that it had then
     * @param listing what {@code nft} showed of the table right after it was made, but for its elements
     */
    private record Applied(
            Map<IpFamily, Integer> listenerPorts,
            Set<BridgedPods> bridged,
            Set<InetAddress> localEndpoints,
            String listing) {}

    LinuxCapture(
            HostCommands commands,
            NftScript script,
            PolicyRouting routing,
            PassedUpPackets passedUp,
            NodeConnections connections,
            BooleanSupplier alone) {
        this.alone = alone;
        this.commands = commands;
        this.script = script;
        this.routing = routing;
        this.passedUp = passedUp;
        this.connections = connections;
    }

    /** Captures on this host, as {@code settings} say. */
    public static LinuxCapture onThisHost(CaptureSettings settings) {
        HostCommands commands = new SystemCommands();
        LinuxCapture capture = new LinuxCapture(
                commands,
                new NftScript(settings.owner(), new NftRules(settings.mark(), settings.podRanges())),
                new PolicyRouting(commands, settings.mark()),
                new PassedUpPackets(commands, settings.mark(), settings.owner()),
                NodeConnections.system(),
                settings.alone());
        long period = CHECK_PERIOD.toMillis();
        capture.checks.scheduleWithFixedDelay(capture::check, period, period, TimeUnit.MILLISECONDS);
        long look = OTHER_PROCESS_PERIOD.toMillis();
        capture.checks.scheduleWithFixedDelay(capture::lookForTheOther, look, look, TimeUnit.MILLISECONDS);
        return capture;
    }

    @Override
    public synchronized void apply(CapturePlan plan, Map<IpFamily, Integer> listenerPorts) {
        NftChange elements = NftChange.between(lastPlan, plan);
        elements.gone().captured().forEach(first::remove);
        first.addAll(former.follow(elements));
        lastPlan = plan;
        lastPorts = Map.copyOf(listenerPorts);
        Applied before = applied;
        if (before == null || !before.listenerPorts().equals(listenerPorts)) {
            settle(amissOrAnothers());
            return;
        }
        String change = script.change(elements, !before.bridged().isEmpty());
        leaveToOthers(first);
        HostCommands.Outcome outcome = change.isEmpty() ? new HostCommands.Outcome(0, "") : nft(change);
        if (outcome.succeeded()) {
            first.clear();
            applied = new Applied(lastPorts, before.bridged(), plan.localAddresses(), before.listing());
        } else if (settle(amissOrAnothers()) == Tenure.Move.REPAIR) {
            LOG.warn("the table of captured addresses was not as it was left, and made anew reason={}", said(outcome));
            repairs++;
        }
    }

    /** Which pods of this host are behind bridges. */
    synchronized void setBridgedPods(Set<BridgedPods> pods) {
        if (bridged.equals(pods)) {
            return;
        }
        bridged = Set.copyOf(pods);
        if (applied == null) {
            return;
        }
        settle(amissOrAnothers());
    }

    /** Whether br_netfilter is there and has a bridge to look at. */
    synchronized void setBridgeFilter(boolean there) {
        Applied now = applied;
        if (!passedUp.noteFilter(there) || now == null) {
            return;
        }
        Tenure.Found found = amissOrAnothers();
        if (found == Tenure.Found.ANOTHERS) {
            settle(found);
            return;
        }
        passedUp.register(now.listenerPorts());
        applied = new Applied(
                now.listenerPorts(),
                now.bridged(),
                now.localEndpoints(),
                listing().skeleton());
    }

    /**
     * Whether the bridge of the pods of {@code range} hands answers of {@code endpoint} to our connections to this node.
     * Needs no lock.
     */
    boolean lifts(IpCidr range, InetAddress endpoint) {
        Applied now = applied;
        return now != null
                && now.bridged().stream().anyMatch(pods -> pods.range().equals(range))
                && now.localEndpoints().contains(endpoint);
    }

    /** How often something that others had taken away was put back. */
    public long repairs() {
        return repairs;
    }

    /** Looks whether everything is still there, and puts back what is not. */
    synchronized void check() {
        if (lastPorts.isEmpty()) {
            return;
        }
        try {
            Applied expected = applied;
            if (expected == null) {
                Tenure.Move move = settle(amissOrAnothers());
                if (move == Tenure.Move.MAKE || move == Tenure.Move.REPAIR) {
                    LOG.info("the host takes the table of captured addresses again");
                }
                return;
            }
            List<String> added = routing.ensure(expected.listenerPorts().keySet());
            NftListing listing = listing();
            if (!listing.holds(
                            NftElements.of(lastPlan, former),
                            !expected.bridged().isEmpty())
                    || !listing.skeleton().equals(expected.listing())) {
                if (settle(amissOrAnothers()) == Tenure.Move.REPAIR) {
                    repairs++;
                    LOG.warn("another program changed or removed the table of captured addresses; it was made anew");
                }
            } else if (!added.isEmpty()) {
                repairs++;
                LOG.warn("another program removed what brings captured packets here; put back: {}", added);
            }
        } catch (RuntimeException failure) {
            LOG.warn(
                    "could not check what captures Service addresses, it is taken to stand, looking again soon: reason={}",
                    failure.getMessage());
        }
    }

    /** Looks, often, whether another process has gone that was at work: its table is nobody's then. */
    synchronized void lookForTheOther() {
        boolean before = accompanied;
        accompanied = !alone.getAsBoolean();
        if (before && !accompanied) {
            check();
        }
    }

    /** Does what the table, as it was found, asks of this process; what fails is tried again at the next look. */
    private Tenure.Move settle(Tenure.Found found) {
        Tenure.Move move = tenure.move(found, alone.getAsBoolean());
        switch (move) {
            case NONE -> {}
            case MAKE, REPAIR -> make();
            case TAKE_BACK -> {
                make();
                LOG.warn("the other kubeferry has gone; this one captures the Service addresses of this node again");
            }
            case YIELD -> {
                applied = null;
                LOG.info("another kubeferry captures the Service addresses of this node now; this one gets no new"
                        + " connections, and captures them again if the other one goes");
            }
        }
        tenure = move.after(tenure);
        return move;
    }

    /** Makes everything anew from what was last wanted. */
    private void make() {
        applied = null;
        routing.ensure(lastPorts.keySet());
        Set<BridgedPods> lifted = canLift ? bridged : Set.of();
        HostCommands.Outcome outcome = takeOverOrReplace(lifted);
        if (!outcome.succeeded() && !lifted.isEmpty()) {
            LOG.warn(
                    "this host cannot hand answers of pods behind a bridge to this process, so pods of one bridge see the"
                            + " node's address where they connect to each other by a Service reason={}",
                    said(outcome));
            canLift = false;
            lifted = Set.of();
            outcome = takeOverOrReplace(lifted);
        }
        if (!outcome.succeeded()) {
            throw new CaptureException("nft does not take the table of captured addresses: " + said(outcome));
        }
        passedUp.register(lastPorts);
        first.clear();
        applied = new Applied(
                lastPorts, lifted, lastPlan.localAddresses(), listing().skeleton());
    }

    private HostCommands.Outcome takeOverOrReplace(Set<BridgedPods> lifted) {
        NftListing there = listing();
        Set<String> unseen = new HashSet<>(first);
        unseen.removeAll(there.places());
        String others = elsewhere(unseen);
        former.learn(there, NftElements.of(lastPlan, former));
        NftElements elements = NftElements.of(lastPlan, former);
        if (!there.owners().isEmpty()) {
            if (!others.isEmpty()) {
                nft(others);
            }
            HostCommands.Outcome outcome = nft(script.takeOverTable(there.owners(), elements, lastPorts, lifted));
            if (outcome.succeeded()) {
                return outcome;
            }
            LOG.debug("the table that is there is of another form, and is replaced reason={}", said(outcome));
        }
        return nft(script.replaceTable(elements, lastPorts, lifted) + others);
    }

    /** Leaves to another Service proxy what this node's programs have open to {@code places}. */
    private void leaveToOthers(Set<String> places) {
        String others = elsewhere(places);
        if (!others.isEmpty()) {
            // On its own: a set that is full shall not keep the places from being captured.
            nft(others);
        }
    }

    /**
     * What this node's programs have open to places that are captured for the first time goes through another Service
     * proxy, and shall do so to its end. What they begin in the moment until the places are captured is not seen.
     */
    private String elsewhere(Set<String> places) {
        return places.isEmpty() ? "" : script.elsewhere(connections.to(places));
    }

    private Tenure.Found amissOrAnothers() {
        List<String> owners = listing().owners();
        return owners.isEmpty() || owners.contains(script.owner()) ? Tenure.Found.AMISS : Tenure.Found.ANOTHERS;
    }

    private NftListing listing() {
        StringBuilder text = new StringBuilder();
        for (String table : NftScript.TABLES) {
            String[] words = ("nft -s -n list table " + table).split(" ");
            HostCommands.Outcome outcome = commands.run(words);
            text.append(outcome.succeeded() ? outcome.output() : "");
        }
        return NftListing.of(text.toString());
    }

    private HostCommands.Outcome nft(String text) {
        return commands.run(List.of("nft", "-f", "-"), text);
    }

    /** The first line of what {@code nft} says: it repeats all that it was told after that. */
    static String said(HostCommands.Outcome outcome) {
        String line = outcome.output().lines().findFirst().orElse("exit code " + outcome.exitCode());
        return line.length() > SHOWN_OUTPUT ? line.substring(0, SHOWN_OUTPUT) + "…" : line;
    }

    /** Stops looking after the host, and leaves it as it is. */
    @Override
    public void close() {
        checks.shutdownNow();
    }
}
