package io.kubeferry.agent.plan;

import io.kubeferry.agent.text.TextTable;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.routing.Route;
import java.util.ArrayList;
import java.util.List;

/** The plan for people: what is served where and by whom, then what is left out and why. Pure. */
public final class PlanText {
    private static final int MAX_ENDPOINTS = 5;
    private static final String GAP = "  ";

    private PlanText() {}

    /** {@code document} as lines of text. */
    public static String of(PlanDocument document) {
        StringBuilder text = new StringBuilder();
        text.append("Node ").append(document.node());
        if (!document.zone().isEmpty()) {
            text.append(" in zone ").append(document.zone());
        }
        text.append("\n\n");
        if (document.listeners().isEmpty()) {
            text.append("Nothing would be served.\n");
        } else {
            text.append(TextTable.of(rows(document)));
        }
        if (!document.skipped().isEmpty()) {
            text.append("\nLeft out:\n");
            for (Skipped skipped : document.skipped()) {
                text.append(GAP).append(skipped).append('\n');
            }
        }
        return text.toString();
    }

    private static List<List<String>> rows(PlanDocument document) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("SERVICE", "ADDRESS", "OFFERED AT", "POLICY", "ENDPOINTS"));
        for (PlanDocument.Listener listener : document.listeners()) {
            Route route = listener.route();
            rows.add(List.of(
                    route.servicePort().name().toString(),
                    route.address().toString(),
                    listener.bound(),
                    route.policy().displayName(),
                    endpoints(listener)));
        }
        return rows;
    }

    private static String endpoints(PlanDocument.Listener listener) {
        String served = switch (listener.state()) {
            case REFUSE -> "none: refused";
            case DROP -> "none on this node: no answer";
            case LOCAL_ONLY ->
                "none on this node: no answer; for the node " + (listener.podsKnown() ? "and pods " : "")
                        + some(listener.clusterEndpoints().orElse(List.of()));
            case SERVE -> some(listener.endpoints());
        };
        StringBuilder text = new StringBuilder(served);
        if (!listener.sourceRanges().isEmpty()) {
            text.append("; only from ").append(String.join(", ", listener.sourceRanges()));
        }
        RuleWords.of(listener.route().servicePort().connections())
                .forEach((rule, value) ->
                        text.append("; ").append(rule).append(' ').append(value));
        return text.toString();
    }

    private static String some(List<String> all) {
        String first = String.join(", ", all.subList(0, Math.min(MAX_ENDPOINTS, all.size())));
        return all.size() > MAX_ENDPOINTS ? first + " and " + (all.size() - MAX_ENDPOINTS) + " more" : first;
    }
}
