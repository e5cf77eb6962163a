package io.kubeferry.agent.options;

import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.routing.NodePortSelection;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code --nodeport-addresses}: on which of the node's addresses node ports are offered. */
public final class NodePortOption {
    private static final String FLAG = "--nodeport-addresses";
    private static final String EXPECTED = "CIDRs such as 10.0.0.0/8, or primary alone";

    private NodePortOption() {}

    /** The selection that {@code texts} spell: CIDRs, or {@code primary} alone, or nothing. */
    public static NodePortSelection parse(List<String> texts) {
        if (texts.isEmpty()) {
            return new NodePortSelection.Default();
        }
        if (texts.equals(List.of("primary"))) {
            return new NodePortSelection.Primary();
        }
        List<IpCidr> ranges = new ArrayList<>();
        for (String text : texts) {
            ranges.add(IpCidr.parse(text).orElseThrow(() -> new InvalidOption(FLAG, text, EXPECTED)));
        }
        return new NodePortSelection.Ranges(ranges);
    }
}
