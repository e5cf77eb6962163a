package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.net.FirewallMark;
import java.util.List;

/**
 * How Service addresses are captured. Immutable.
 *
 * @param owner tells this process from others that capture on this host; a word
 * @param podRanges {@code --cluster-cidr}; empty where it is not known
 */
public record CaptureSettings(String owner, FirewallMark mark, List<IpCidr> podRanges) {
    /** Freezes the list. */
    public CaptureSettings {
        podRanges = List.copyOf(podRanges);
    }
}
