package io.kubeferry.agent.options;

import io.kubeferry.core.model.IpCidr;
import java.util.ArrayList;
import java.util.List;

/** On which of the node's addresses NodePorts are offered. Immutable. */
public sealed interface NodePortAddresses {
    /** Where nobody said: primary and loopback addresses when capturing, else 127.0.0.1. */
    record Unspecified() implements NodePortAddresses {}

    /** The node's primary address of each family. */
    record Primary() implements NodePortAddresses {}

    /**
     * Every address of the node that lies in one of the ranges. A family without a range is not limited
     * (kube-proxy: {@code nodeport_addresses.go}).
     */
    record Ranges(List<IpCidr> ranges) implements NodePortAddresses {
        /** Checks that there is a range. */
        public Ranges {
            ranges = List.copyOf(ranges);
            if (ranges.isEmpty()) {
                throw new InvalidOption(FLAG, "", EXPECTED);
            }
        }
    }

    /** The flag that gives them. */
    String FLAG = "--nodeport-addresses";

    /** What it takes. */
    String EXPECTED = "CIDRs such as 10.0.0.0/8, or primary alone";

    /** The selection that {@code texts} spell: CIDRs, or {@code primary} alone, or nothing. */
    static NodePortAddresses parse(List<String> texts) {
        if (texts.isEmpty()) {
            return new Unspecified();
        }
        if (texts.equals(List.of("primary"))) {
            return new Primary();
        }
        List<IpCidr> ranges = new ArrayList<>();
        for (String text : texts) {
            ranges.add(IpCidr.parse(text).orElseThrow(() -> new InvalidOption(FLAG, text, EXPECTED)));
        }
        return new Ranges(ranges);
    }
}
