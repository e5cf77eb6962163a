package io.kubeferry.it.prometheus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the Prometheus Operator makes of the PodMonitor of {@code deploy/}, for one pod: the labels of a target are those
 * of the pod, then the monitor's own rules apply; {@code honorLabels} decides whose {@code namespace} counts. Pure but
 * for reading the monitor.
 */
final class ScrapeConfig {
    private static final Path MONITOR =
            Path.of(System.getProperty("kubeferry.deploy"), "components", "pod-monitor", "pod-monitor.yaml");

    private ScrapeConfig() {}

    /** The configuration of a Prometheus that scrapes {@code target}, a pod on {@code node}. JSON is YAML. */
    static String of(String target, String node) throws IOException {
        JsonNode spec = Serialization.unmarshal(Files.readString(MONITOR), ObjectNode.class)
                .path("spec");
        JsonNode endpoint = spec.path("podMetricsEndpoints").get(0);
        ObjectNode config = new ObjectMapper().createObjectNode();
        config.putObject("global").put("scrape_interval", "1s").put("evaluation_interval", "1s");
        ObjectNode job = config.putArray("scrape_configs").addObject();
        job.put("job_name", "podMonitor/kube-system/kubeferry/0");
        job.put("honor_labels", endpoint.path("honorLabels").asBoolean(false));
        ObjectNode targets = job.putArray("static_configs").addObject();
        String ip = target.substring(0, target.lastIndexOf(':'));
        targets.putArray("targets").add(ip);
        targets.putObject("labels")
                .put("__meta_kubernetes_namespace", "kube-system")
                .put("__meta_kubernetes_pod_name", "kubeferry-x7x2b")
                .put("__meta_kubernetes_pod_container_name", "kubeferry")
                .put("__meta_kubernetes_pod_node_name", node)
                .put("__meta_kubernetes_pod_ip", ip)
                .put(
                        "__meta_kubernetes_pod_annotation_prometheus_io_port",
                        target.substring(target.lastIndexOf(':') + 1))
                .put(meta(spec.path("jobLabel").asText()), "kubeferry");
        ArrayNode rules = job.putArray("relabel_configs");
        rule(rules, "__meta_kubernetes_namespace", "namespace");
        rule(rules, "__meta_kubernetes_pod_container_name", "container");
        rule(rules, "__meta_kubernetes_pod_name", "pod");
        rule(rules, meta(spec.path("jobLabel").asText()), "job");
        for (JsonNode own : endpoint.path("relabelings")) {
            ObjectNode rule = rules.addObject();
            rule.put("action", own.path("action").asText("replace"));
            rule.set("source_labels", own.path("sourceLabels"));
            rule.set("target_label", own.path("targetLabel"));
            for (String optional : new String[] {"regex", "replacement"}) {
                if (own.has(optional)) {
                    rule.set(optional, own.path(optional));
                }
            }
        }
        return config.toPrettyString();
    }

    private static void rule(ArrayNode rules, String from, String to) {
        ObjectNode rule = rules.addObject();
        rule.putArray("source_labels").add(from);
        rule.put("target_label", to);
    }

    private static String meta(String podLabel) {
        return "__meta_kubernetes_pod_label_" + podLabel.replaceAll("[^a-zA-Z0-9]", "_");
    }
}
