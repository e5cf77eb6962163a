package io.kubeferry.agent.options;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a kube-proxy configuration file says. Immutable.
 *
 * @param config what it says, completed with kube-proxy's defaults
 * @param unknownFields the paths of fields that kube-proxy 1.36 does not have; they are left out, as its lenient decoder
 *     does
 */
public record KubeProxyConfigFile(KubeProxyConfig config, List<String> unknownFields) {
    private static final String KIND = "KubeProxyConfiguration";
    private static final String API_VERSION = "kubeproxy.config.k8s.io/v1alpha1";

    /** Fields that are pointers in Go: there zero is a value of its own, and only null means the default. */
    private static final Set<String> ZERO_IS_A_VALUE = Set.of(
            "iptables.masqueradeBit",
            "nftables.masqueradeBit",
            "oomScoreAdj",
            "conntrack.maxPerCore",
            "conntrack.min",
            "conntrack.tcpEstablishedTimeout",
            "conntrack.tcpCloseWaitTimeout");

    /** The one duration that may be a number of nanoseconds, and is in what kubeadm writes. */
    private static final String FLUSH_FREQUENCY = "logging.flushFrequency";

    /** Freezes the list. */
    public KubeProxyConfigFile {
        unknownFields = List.copyOf(unknownFields);
    }

    /** Reads YAML or JSON, or throws an {@link InvalidOption} that names the field, or else {@code file}. */
    public static KubeProxyConfigFile parse(String file, String content) {
        JsonNode given;
        try {
            given = KubeProxyConfigCodec.parse(content);
        } catch (JsonProcessingException malformed) {
            JsonLocation at = malformed.getLocation();
            String line = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            String reason = malformed.getOriginalMessage().lines().findFirst().orElse("malformed");
            throw new InvalidOption(file, reason + line, "YAML or JSON");
        }
        String kind = given.path("kind").asText();
        String apiVersion = given.path("apiVersion").asText();
        if (!kind.equals(KIND) || !apiVersion.equals(API_VERSION)) {
            throw new InvalidOption(
                    file,
                    kind.isEmpty() ? "" : "kind " + kind + " of " + apiVersion,
                    "kind " + KIND + " of " + API_VERSION);
        }
        ObjectNode root =
                KubeProxyConfig.defaultsFor(given.path("bindAddress").asText()).toTree();
        List<String> unknownFields = new ArrayList<>();
        overlay(root, (ObjectNode) given, "", unknownFields);
        return new KubeProxyConfigFile(new KubeProxyConfig(root), unknownFields);
    }

    private static void overlay(ObjectNode target, ObjectNode given, String prefix, List<String> unknownFields) {
        given.forEachEntry((name, value) -> {
            String field = prefix + name;
            JsonNode defaultValue = target.get(name);
            if (defaultValue == null) {
                unknownFields.add(field);
            } else if (defaultValue instanceof ObjectNode section && !section.isEmpty()) {
                overlaySection(section, value, field, unknownFields);
            } else if (!value.isNull()) {
                overlayValue(target, name, value, field);
            }
        });
    }

    private static void overlaySection(ObjectNode section, JsonNode value, String field, List<String> unknownFields) {
        if (value instanceof ObjectNode given) {
            overlay(section, given, field + ".", unknownFields);
        } else if (!value.isNull()) {
            throw new InvalidOption(field, value, "fields of its own");
        }
    }

    private static void overlayValue(ObjectNode target, String name, JsonNode given, String field) {
        FieldType type = FieldType.of(target.path(name));
        JsonNode value = field.equals(FLUSH_FREQUENCY) && given.isIntegralNumber()
                ? TextNode.valueOf(GoDuration.format(Duration.ofNanos(given.longValue())))
                : given;
        if (!type.fits(value)) {
            throw new InvalidOption(field, value, type.expected());
        }
        if (!type.isZero(value) || ZERO_IS_A_VALUE.contains(field)) {
            target.set(name, value);
        }
    }
}
