package io.kubeferry.agent.plan;

import io.kubeferry.agent.options.GoDuration;
import io.kubeferry.core.model.Balance;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.EndpointRemoval;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The annotations in force, as their owner could have written them. Pure. */
final class RuleWords {
    private RuleWords() {}

    /** What {@code rules} say beyond the defaults: name and value of each, without the prefix {@code kubeferry.io/}. */
    static Map<String, String> of(ConnectionRules rules) {
        Map<String, String> words = new LinkedHashMap<>();
        if (rules.balance() != Balance.ROUND_ROBIN) {
            words.put("balance", name(rules.balance()));
        }
        rules.proxyProtocol().ifPresent(version -> words.put("proxy-protocol", name(version)));
        rules.connectTimeout().ifPresent(timeout -> words.put("connect-timeout", GoDuration.format(timeout)));
        rules.idleTimeout().ifPresent(timeout -> words.put("idle-timeout", GoDuration.format(timeout)));
        rules.maxConnections().ifPresent(max -> words.put("max-connections", Integer.toString(max)));
        switch (rules.onEndpointRemoval()) {
            case EndpointRemoval.Keep() -> {}
            case EndpointRemoval.Drain(var patience) ->
                words.put("on-endpoint-removal", "drain=" + GoDuration.format(patience));
            case EndpointRemoval.Reset() -> words.put("on-endpoint-removal", "reset");
        }
        if (!rules.setAside()) {
            words.put("set-aside", "off");
        }
        return words;
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
