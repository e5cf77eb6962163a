package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.net.FirewallMark;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * How Service addresses are captured. Immutable.
 *
 * @param owner tells this process from others that capture on this host; a word
 * @param podRanges {@code --cluster-cidr}; empty where it is not known
 * @param alone tells whether this process is the only one that captures, and goes on to; asked often
 */
public record CaptureSettings(String owner, FirewallMark mark, List<IpCidr> podRanges, BooleanSupplier alone) {
    /** Freezes the list. */
    public CaptureSettings {
        podRanges = List.copyOf(podRanges);
    }
}
