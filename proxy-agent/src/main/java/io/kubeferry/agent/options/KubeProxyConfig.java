package io.kubeferry.agent.options;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.Ports;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A complete {@code KubeProxyConfiguration} of {@code kubeproxy.config.k8s.io/v1alpha1}: every field has a value of its
 * type. Fields are named by their path: {@code clientConnection.kubeconfig}. Immutable.
 */
public final class KubeProxyConfig {
    private static final String MODE = "mode";
    private static final String GATES = "featureGates";

    private final ObjectNode root;

    /** {@code root} is not changed by anyone from here on. */
    KubeProxyConfig(ObjectNode root) {
        this.root = root;
    }

    /** kube-proxy's defaults. */
    public static KubeProxyConfig defaults() {
        return defaultsFor("");
    }

    /**
     * kube-proxy's defaults for a node whose primary address is {@code bindAddress}: if that is IPv6, so are the
     * addresses of the HTTP servers (kube-proxy: {@code getDefaultAddresses}).
     */
    public static KubeProxyConfig defaultsFor(String bindAddress) {
        ObjectNode root = KubeProxyConfigCodec.defaults();
        if (IpAddresses.parse(bindAddress)
                .filter(address -> IpFamily.of(address) == IpFamily.IPV6)
                .isPresent()) {
            root.put("healthzBindAddress", "[::]:" + HttpOptions.HEALTHZ_PORT);
            root.put("metricsBindAddress", "[::1]:" + HttpOptions.METRICS_PORT);
        }
        return new KubeProxyConfig(root);
    }

    /**
     * The same with what a flag says.
     *
     * @param flag its name, for the message
     * @param field the path of the field it sets
     * @param texts what was given each time: the last one counts, but lists grow, and may hold commas (as with pflag)
     */
    public KubeProxyConfig with(String flag, String field, List<String> texts) {
        ObjectNode changed = root.deepCopy();
        int dot = field.lastIndexOf('.');
        ObjectNode parent = dot < 0 ? changed : (ObjectNode) node(changed, field.substring(0, dot));
        String name = field.substring(dot + 1);
        FieldType type = FieldType.of(parent.path(name));
        switch (type) {
            case LIST -> {
                ArrayNode list = parent.putArray(name);
                elements(texts).forEach(list::add);
            }
            case GATES -> elements(texts).forEach(text -> putGate(parent.withObject("/" + name), flag, text));
            case BOOLEAN, NUMBER, DURATION, TEXT -> {
                String text = texts.getLast();
                parent.set(name, type.parse(text).orElseThrow(() -> new InvalidOption(flag, text, type.expected())));
            }
        }
        return new KubeProxyConfig(changed);
    }

    /**
     * The same with {@code port} for the address in {@code field} if that has none; 0 takes the address away (kube-proxy:
     * {@code addressFromDeprecatedFlags}).
     */
    public KubeProxyConfig withPort(String flag, String field, int port) {
        if (port == 0) {
            return with(flag, field, List.of(""));
        }
        if (!Ports.isValid(port)) {
            throw new InvalidOption(flag, port, "0.." + Ports.MAX);
        }
        return IpAddresses.parse(text(field))
                .map(address -> with(flag, field, List.of(IpAddresses.format(address, port))))
                .orElse(this);
    }

    /** The text in {@code field}. */
    public String text(String field) {
        return node(root, field).asText();
    }

    /** The truth value in {@code field}. */
    public boolean isTrue(String field) {
        return node(root, field).booleanValue();
    }

    /** The whole number in {@code field}. */
    public int number(String field) {
        return node(root, field).intValue();
    }

    /** The duration in {@code field}. */
    public Duration duration(String field) {
        return GoDuration.parse(field, text(field));
    }

    /** The list in {@code field}; empty where it holds none. */
    public List<String> texts(String field) {
        return node(root, field).valueStream().map(JsonNode::asText).toList();
    }

    /** Whether feature gate {@code name} is set, and how. */
    public Optional<Boolean> gate(String name) {
        return Optional.ofNullable(root.path(GATES).get(name)).map(JsonNode::booleanValue);
    }

    /** The section that holds sync periods and masquerading in this mode. */
    public String modeSection() {
        return text(MODE).equals("nftables") ? "nftables" : "iptables";
    }

    /** As YAML, the way kube-proxy reads it. */
    public String toYaml() {
        return KubeProxyConfigCodec.yaml(root);
    }

    /** A copy as a tree. */
    ObjectNode toTree() {
        return root.deepCopy();
    }

    private static List<String> elements(List<String> texts) {
        return texts.stream()
                .flatMap(text -> Stream.of(text.split(",")))
                .filter(element -> !element.isBlank())
                .toList();
    }

    private static void putGate(ObjectNode gates, String flag, String text) {
        int equals = text.indexOf('=');
        Optional<Boolean> value = GoBoolean.parse(text.substring(equals + 1));
        if (equals < 1 || value.isEmpty()) {
            throw new InvalidOption(flag, text, FieldType.GATES.expected());
        }
        gates.put(text.substring(0, equals).trim(), value.get());
    }

    private static JsonNode node(JsonNode root, String field) {
        return root.requiredAt("/" + field.replace('.', '/'));
    }
}
