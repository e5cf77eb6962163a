package io.kubeferry.agent.translate;

import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.SessionAffinity;
import io.kubeferry.core.model.TrafficPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads which of a Service's connections go where. Threading: confined to one translation. */
final class TrafficFieldReader {
    /** The API server's default and limit ({@code pkg/apis/core/types.go}). */
    private static final int DEFAULT_AFFINITY_SECONDS = 10_800;

    private static final int MAX_AFFINITY_SECONDS = 86_400;

    private final ServiceSpec spec;
    private final FieldReader fields;
    private final String type;
    private final TrafficPolicy externalPolicy;

    TrafficFieldReader(ServiceSpec spec, FieldReader fields) {
        this.spec = spec;
        this.fields = fields;
        this.type = ObjectFields.nonEmpty(spec.getType()).orElse("ClusterIP");
        this.externalPolicy = isForOutside()
                ? policy("externalTrafficPolicy", spec.getExternalTrafficPolicy())
                : TrafficPolicy.CLUSTER;
    }

    TrafficPolicy internalPolicy() {
        return policy("internalTrafficPolicy", spec.getInternalTrafficPolicy());
    }

    /** LOCAL counts only where the Service can be reached from outside ({@code ExternalPolicyLocal}). */
    TrafficPolicy externalPolicy() {
        return externalPolicy;
    }

    /** Ranges of both families, without duplicates. */
    List<IpCidr> sourceRanges() {
        return ObjectFields.orEmpty(spec.getLoadBalancerSourceRanges()).stream()
                .flatMap(text -> fields.cidr("loadBalancerSourceRanges", text).stream())
                .distinct()
                .toList();
    }

    SessionAffinity affinity() {
        String affinity = ObjectFields.nonEmpty(spec.getSessionAffinity()).orElse("None");
        return switch (affinity) {
            case "None" -> new SessionAffinity.None();
            case "ClientIP" -> new SessionAffinity.ClientIp(Duration.ofSeconds(affinitySeconds()));
            default -> {
                fields.skipValue("sessionAffinity", affinity, "None or ClientIP");
                yield new SessionAffinity.None();
            }
        };
    }

    /**
     * Present where load balancers ask this node whether it has endpoints of its own. The API server always gives one;
     * manifests written by hand need none.
     */
    OptionalInt healthCheckNodePort() {
        return type.equals("LoadBalancer")
                        && externalPolicy == TrafficPolicy.LOCAL
                        && spec.getHealthCheckNodePort() != null
                ? fields.portNumber("", "healthCheckNodePort", spec.getHealthCheckNodePort())
                : OptionalInt.empty();
    }

    private boolean isForOutside() {
        return switch (type) {
            case "LoadBalancer", "NodePort" -> true;
            case "ClusterIP" -> !ObjectFields.orEmpty(spec.getExternalIPs()).isEmpty();
            default -> {
                fields.skipValue("type", type, "ClusterIP, NodePort, LoadBalancer or ExternalName");
                yield false;
            }
        };
    }

    private TrafficPolicy policy(String field, @Nullable String text) {
        Optional<String> policy = ObjectFields.nonEmpty(text);
        return switch (policy.orElse("Cluster")) {
            case "Cluster" -> TrafficPolicy.CLUSTER;
            case "Local" -> TrafficPolicy.LOCAL;
            default -> {
                fields.skipValue(field, text, "Cluster or Local");
                yield TrafficPolicy.CLUSTER;
            }
        };
    }

    private int affinitySeconds() {
        Integer seconds = timeoutSeconds();
        if (seconds == null) {
            return DEFAULT_AFFINITY_SECONDS;
        }
        if (seconds < 1 || seconds > MAX_AFFINITY_SECONDS) {
            fields.skipValue(
                    "sessionAffinityConfig.clientIP.timeoutSeconds",
                    seconds,
                    "1.." + MAX_AFFINITY_SECONDS + ", taken as " + DEFAULT_AFFINITY_SECONDS);
            return DEFAULT_AFFINITY_SECONDS;
        }
        return seconds;
    }

    private @Nullable Integer timeoutSeconds() {
        return spec.getSessionAffinityConfig() == null
                        || spec.getSessionAffinityConfig().getClientIP() == null
                ? null
                : spec.getSessionAffinityConfig().getClientIP().getTimeoutSeconds();
    }
}
