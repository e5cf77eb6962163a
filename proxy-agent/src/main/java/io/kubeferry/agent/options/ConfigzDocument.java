package io.kubeferry.agent.options;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** What {@code /configz} answers: the configuration in force, as kube-proxy shows its own. */
public final class ConfigzDocument {
    private static final String GROUP = "kubeproxy.config.k8s.io";

    private ConfigzDocument() {}

    /** JSON: {@code {"kubeproxy.config.k8s.io": {"kind": "KubeProxyConfiguration", …}}}. */
    public static String of(AgentOptions options) {
        return KubeProxyConfigCodec.json(JsonNodeFactory.instance
                .objectNode()
                .set(GROUP, options.kubeProxyConfig().toTree()));
    }
}
