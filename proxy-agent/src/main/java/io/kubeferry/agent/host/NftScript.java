package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpFamily;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What {@code nft -f -} is told: each script is one transaction. Pure; immutable.
 *
 * @param owner which process the table is of: a chain bears its name, and every change fails that does not find it
 * @param rules what the table does
 */
record NftScript(String owner, NftRules rules) {
    /** The family and name of the table. */
    static final String TABLE = "inet kubeferry";

    /** The table that is there where pods are behind bridges. */
    static final String BRIDGE_TABLE = "bridge kubeferry";

    /** All tables that may be ours. */
    static final List<String> TABLES = List.of(TABLE, BRIDGE_TABLE, PassedUpPackets.TABLE);

    /** Above it, {@code nft} is told elements in pieces: lines of any length are read, but nobody could read them. */
    private static final int ELEMENTS_PER_LINE = 500;

    private static final int MAX_ELSEWHERE = 60_000;

    /** The name of the chain that says whose the table is. */
    static String ownerChain(String owner) {
        return "owner_" + owner;
    }

    /**
     * Puts tables with {@code elements} in the place of whatever has their names.
     *
     * @param bridged pods behind bridges; without any, there is no table of bridges
     */
    String replaceTable(NftElements elements, Map<IpFamily, Integer> listenerPorts, Collection<BridgedPods> bridged) {
        StringBuilder script = new StringBuilder();
        line(script, "add table " + TABLE);
        line(script, "delete table " + TABLE);
        table(script, listenerPorts);
        withoutBridgeTable(script);
        if (!bridged.isEmpty()) {
            NftRules.bridgeSets(script);
            NftRules.bridgeChain(script, bridged);
        }
        elements(script, "add", elements, !bridged.isEmpty());
        return script.toString();
    }

    /**
     * The same for a table of this very form that {@code owners} made. Its chains stay where they are: a packet that is on
     * its way through one table while another takes its place can miss both, and go where it should not.
     */
    String takeOverTable(
            Collection<String> owners,
            NftElements elements,
            Map<IpFamily, Integer> listenerPorts,
            Collection<BridgedPods> bridged) {
        StringBuilder script = new StringBuilder();
        line(script, "flush table " + TABLE);
        owners.forEach(former -> line(script, "delete chain " + TABLE + " " + ownerChain(former)));
        for (IpFamily family : IpFamily.values()) {
            for (String map : List.of(NftElements.VERDICTS, NftElements.REFUSALS)) {
                line(script, "flush map " + TABLE + " " + NftElements.named(map, family));
            }
            for (String set : List.of(
                    NftElements.CAPTURED,
                    NftElements.FORMER,
                    NftElements.ALLOWED,
                    NftElements.CLUSTER_IPS,
                    NftElements.SERVICE_RANGES)) {
                line(script, "flush set " + TABLE + " " + NftElements.named(set, family));
            }
        }
        table(script, listenerPorts);
        if (bridged.isEmpty()) {
            withoutBridgeTable(script);
        } else {
            line(script, "add table " + BRIDGE_TABLE, "flush table " + BRIDGE_TABLE);
            NftRules.bridgeSets(script);
            for (IpFamily family : IpFamily.values()) {
                line(script, "flush set " + BRIDGE_TABLE + " " + NftElements.named(NftElements.ENDPOINTS, family));
            }
            NftRules.bridgeChain(script, bridged);
        }
        elements(script, "add", elements, !bridged.isEmpty());
        return script.toString();
    }

    private void table(StringBuilder script, Map<IpFamily, Integer> listenerPorts) {
        line(script, "table " + TABLE + " {");
        rules.table(script, listenerPorts);
        // The last one, as after any change: a table is known again by all that nft shows of it.
        line(script, "chain " + ownerChain(owner) + " {", "}");
        line(script, "}");
    }

    private static void withoutBridgeTable(StringBuilder script) {
        line(script, "add table " + BRIDGE_TABLE, "delete table " + BRIDGE_TABLE);
    }

    /**
     * Makes {@code change}; empty where there is nothing to change.
     *
     * @param bridged whether the table of bridges is there
     */
    String change(NftChange change, boolean bridged) {
        StringBuilder changes = new StringBuilder();
        elements(changes, "delete", change.gone(), bridged);
        elements(changes, "add", change.come(), bridged);
        if (changes.isEmpty()) {
            return "";
        }
        StringBuilder script = new StringBuilder();
        // Fails, and all with it, if the table is another process's by now.
        line(script, "delete chain " + TABLE + " " + ownerChain(owner));
        line(script, "add chain " + TABLE + " " + ownerChain(owner));
        return script.append(changes).toString();
    }

    private static void elements(StringBuilder script, String verb, NftElements elements, boolean bridged) {
        elements.bySet().forEach((set, content) -> {
            if (bridged || !NftElements.isOfBridges(set)) {
                elements(script, verb, set, content);
            }
        });
    }

    /** Leaves these to another Service proxy, at most the first {@value #MAX_ELSEWHERE}: the set is of a limited size. */
    String elsewhere(Collection<NodeConnections.Connection> connections) {
        StringBuilder script = new StringBuilder();
        for (IpFamily family : IpFamily.values()) {
            List<String> elements = connections.stream()
                    .filter(connection -> connection.family() == family)
                    .limit(MAX_ELSEWHERE)
                    .map(connection -> connection.client() + " . " + connection.server())
                    .toList();
            elements(script, "add", NftElements.named(NftRules.ELSEWHERE, family), elements);
        }
        return script.toString();
    }

    private static void elements(StringBuilder script, String verb, String set, Collection<String> elements) {
        List<String> all = new ArrayList<>(elements);
        for (int from = 0; from < all.size(); from += ELEMENTS_PER_LINE) {
            List<String> some = all.subList(from, Math.min(all.size(), from + ELEMENTS_PER_LINE));
            String table = NftElements.isOfBridges(set) ? BRIDGE_TABLE : TABLE;
            line(script, verb + " element " + table + " " + set + " { " + String.join(", ", some) + " }");
        }
    }

    static void line(StringBuilder script, String... lines) {
        for (String line : lines) {
            script.append(line).append('\n');
        }
    }
}
