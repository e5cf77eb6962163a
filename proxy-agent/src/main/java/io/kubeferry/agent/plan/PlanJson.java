package io.kubeferry.agent.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.routing.Route;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The plan for machines. Names and order of the fields are a promise. Pure. */
public final class PlanJson {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private PlanJson() {}

    /** {@code document} as JSON. */
    public static String of(PlanDocument document) {
        Map<String, Object> plan = new LinkedHashMap<>();
        plan.put("node", document.node());
        plan.put("zone", document.zone());
        plan.put(
                "listeners",
                document.listeners().stream().map(PlanJson::listener).toList());
        plan.put("skipped", document.skipped().stream().map(PlanJson::skipped).toList());
        try {
            return MAPPER.writeValueAsString(plan);
        } catch (JsonProcessingException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
    }

    private static Map<String, Object> listener(PlanDocument.Listener listener) {
        Route route = listener.route();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("address", IpAddresses.format(route.address().address()));
        fields.put("port", route.address().port());
        fields.put("protocol", route.servicePort().name().protocol().name());
        fields.put("kind", route.address().kind().displayName());
        fields.put("bound", listener.bound());
        fields.put("service", route.servicePort().name().toString());
        fields.put("policy", route.policy().displayName());
        fields.put("endpoints", listener.endpoints());
        listener.clusterEndpoints().ifPresent(endpoints -> fields.put("clusterEndpoints", endpoints));
        if (!listener.sourceRanges().isEmpty()) {
            fields.put("sourceRanges", listener.sourceRanges());
        }
        Map<String, String> rules = RuleWords.of(route.servicePort().connections());
        if (!rules.isEmpty()) {
            fields.put("rules", rules);
        }
        fields.put("state", listener.state().label());
        fields.put("source", name(listener.source()));
        return fields;
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Map<String, String> skipped(Skipped skipped) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("object", skipped.object());
        fields.put("port", skipped.port());
        fields.put("reason", skipped.reason());
        return fields;
    }
}
