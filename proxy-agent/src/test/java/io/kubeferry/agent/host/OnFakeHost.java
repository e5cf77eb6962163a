package io.kubeferry.agent.host;

import static io.kubeferry.agent.host.CapturePlans.cidr;

import io.kubeferry.core.net.FirewallMark;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of a {@link LinuxCapture} whose commands go to nobody. */
abstract class OnFakeHost {
    final FakeCommands host = new FakeCommands();

    /** Whether no other process is at work. */
    final AtomicBoolean alone = new AtomicBoolean();

    /** In the place of {@code /proc}. */
    @TempDir
    Path proc;

    LinuxCapture capture;

    @BeforeEach
    final void makeCapture() {
        capture = new LinuxCapture(
                host,
                new NftScript("me", new NftRules(FirewallMark.DEFAULT, List.of(cidr("10.244.0.0/16")))),
                new PolicyRouting(host, FirewallMark.DEFAULT),
                new PassedUpPackets(host, FirewallMark.DEFAULT, "me"),
                new NodeConnections(proc),
                alone::get);
    }
}
