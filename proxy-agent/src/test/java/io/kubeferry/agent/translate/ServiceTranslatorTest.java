package io.kubeferry.agent.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.state.ServiceRecord;
import io.kubeferry.core.model.SessionAffinity;
import io.kubeferry.core.model.TrafficPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** What is read of a Service that is served. */
class ServiceTranslatorTest {
    record Row(String sentence, String spec, String expected) {
        @Override
        public String toString() {
            return sentence;
        }
    }

    static final List<Row> CLUSTER_IPS = List.of(
            new Row("without families clusterIP counts, IPv4", "clusterIP: 10.0.0.1", "IPV4=10.0.0.1"),
            new Row("without families clusterIP counts, IPv6", "clusterIP: 'fd00::1'", "IPV6=fd00::1"),
            new Row(
                    "without families clusterIPs do not count",
                    "clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, 'fd00::1']",
                    "IPV4=10.0.0.1"),
            new Row(
                    "dual stack takes each family's entry",
                    "clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, 'fd00::1'], ipFamilies: [IPv4, IPv6]",
                    "IPV4=10.0.0.1 IPV6=fd00::1"),
            new Row(
                    "dual stack, IPv6 first",
                    "clusterIP: 'fd00::1', clusterIPs: ['fd00::1', 10.0.0.1], ipFamilies: [IPv6, IPv4]",
                    "IPV4=10.0.0.1 IPV6=fd00::1"),
            new Row(
                    "a family without address is not served",
                    "clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1], ipFamilies: [IPv4, IPv6]",
                    "IPV4=10.0.0.1"),
            new Row(
                    "an address without family is not served",
                    "clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, 'fd00::1'], ipFamilies: [IPv4]",
                    "IPV4=10.0.0.1"),
            new Row(
                    "a manifest with families but without clusterIPs, as the API server would fill it in",
                    "clusterIP: 10.0.0.1, ipFamilies: [IPv4]",
                    "IPV4=10.0.0.1"),
            new Row("leading zeros are tolerated", "clusterIP: 172.30.0.041", "IPV4=172.30.0.41"));

    @ParameterizedTest
    @FieldSource("CLUSTER_IPS")
    void clusterIpIsTheOneOfItsFamily(Row row) {
        ServiceRecord service = Yaml.served(Yaml.serviceWith("{ports: [{port: 80}], " + row.spec + "}"));
        assertThat(service.clusterIps().entrySet().stream()
                        .sorted(java.util.Map.Entry.comparingByKey())
                        .map(entry -> entry.getKey() + "="
                                + Yaml.texts(List.of(entry.getValue())).getFirst())
                        .collect(Collectors.joining(" ")))
                .isEqualTo(row.expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ClusterIP    |               | CLUSTER",
                "             |               | CLUSTER",
                "ClusterIP    | 198.51.100.1  | LOCAL",
                "             | 198.51.100.1  | LOCAL",
                "ClusterIP    | nonsense      | LOCAL",
                "NodePort     |               | LOCAL",
                "LoadBalancer |               | LOCAL",
            })
    void externalPolicyLocalCountsOnlyForServicesThatOutsidersReach(
            String type, String externalIp, TrafficPolicy expected) {
        ServiceRecord service = Yaml.served(
                Yaml.serviceWith("""
                {clusterIP: 10.0.0.1, ports: [{port: 80}], externalTrafficPolicy: Local, healthCheckNodePort: 32000,
                 type: %s, externalIPs: [%s]}""".formatted(type == null ? "" : type, externalIp == null ? "" : externalIp)));
        assertThat(service.externalPolicy()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "LoadBalancer, Local,   32000, OptionalInt[32000]",
        "LoadBalancer, Local,   0,     OptionalInt.empty",
        "LoadBalancer, Local,   70000, OptionalInt.empty",
        "LoadBalancer, Local,   null,  OptionalInt.empty",
        "LoadBalancer, Cluster, 32000, OptionalInt.empty",
        "LoadBalancer, null,    32000, OptionalInt.empty",
        "NodePort,     Local,   32000, OptionalInt.empty",
        "ClusterIP,    Local,   32000, OptionalInt.empty",
    })
    void healthCheckNodePortCountsForLoadBalancersUnderTheLocalPolicy(
            String type, String policy, String number, String expected) {
        ServiceRecord service = Yaml.served(Yaml.serviceWith("""
                {clusterIP: 10.0.0.1, ports: [{port: 80}], type: %s, externalTrafficPolicy: %s,
                 healthCheckNodePort: %s}""".formatted(type, policy, number)));
        assertThat(service.healthCheckNodePort()).hasToString(expected);
    }

    @Test
    void aHealthCheckNodePortThatIsLeftOutIsNotMissed() {
        assertThat(
                        Yaml.skipped(
                                ServiceTranslator.translate(
                                        Yaml.serviceWith(
                                                "{clusterIP: 10.0.0.1, ports: [{port: 80}], type: LoadBalancer, externalTrafficPolicy: Local}"))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "null,  null,                               0",
        "None,  '{clientIP: {timeoutSeconds: 60}}', 0",
        "ClientIP, null,                            10800",
        "ClientIP, {},                              10800",
        "ClientIP, '{clientIP: {}}',                10800",
        "ClientIP, '{clientIP: {timeoutSeconds: 1}}',     1",
        "ClientIP, '{clientIP: {timeoutSeconds: 86400}}', 86400",
        "ClientIP, '{clientIP: {timeoutSeconds: 0}}',     10800",
        "ClientIP, '{clientIP: {timeoutSeconds: 86401}}', 10800",
    })
    void affinityHoldsForItsTimeoutOrThreeHours(String affinity, String config, long seconds) {
        ServiceRecord service = Yaml.served(Yaml.serviceWith("""
                {clusterIP: 10.0.0.1, ports: [{port: 80}], sessionAffinity: %s, sessionAffinityConfig: %s}""".formatted(affinity, config)));
        assertThat(service.affinity())
                .isEqualTo(
                        seconds == 0
                                ? new SessionAffinity.None()
                                : new SessionAffinity.ClientIp(Duration.ofSeconds(seconds)));
    }

    @Test
    void loadBalancerIpsCountUnlessTheLoadBalancerKeepsThem() {
        var service = Yaml.service("""
                metadata: {namespace: shop, name: web}
                spec: {clusterIP: 10.0.0.1, ports: [{port: 80}]}
                status:
                  loadBalancer:
                    ingress:
                    - {ip: 203.0.113.1}
                    - {ip: 203.0.113.2, ipMode: VIP}
                    - {ip: 203.0.113.3, ipMode: Proxy}
                    - {ip: 203.0.113.4, ipMode: Other}
                    - {hostname: lb.example}
                    - {hostname: lb.example, ipMode: Proxy}
                    - {ip: 'fd00::5'}
                    - {ip: nonsense}
                    - {ip: 203.0.113.001}
                    - null
                """);
        assertThat(Yaml.texts(Yaml.served(service).loadBalancerIps())).containsExactly("203.0.113.1", "203.0.113.2");
        assertThat(Yaml.skipped(ServiceTranslator.translate(service)))
                .containsExactly(
                        "Service shop/web: load-balancer IP 203.0.113.3 is left to the load balancer (ipMode Proxy)",
                        "Service shop/web: ipMode of load-balancer IP 203.0.113.4 Other (expected: VIP or Proxy)",
                        "Service shop/web: status.loadBalancer.ingress fd00::5 is without use: no IPv6 cluster IP",
                        "Service shop/web: status.loadBalancer.ingress nonsense (expected: an IP address)");
    }

    @Test
    void everythingElseIsTakenOver() {
        ServiceRecord service = Yaml.served(Yaml.service("""
                metadata: {namespace: shop, name: web, creationTimestamp: "2024-05-06T07:08:09Z"}
                spec:
                  type: NodePort
                  clusterIP: 10.0.0.1
                  internalTrafficPolicy: Local
                  externalIPs: [198.51.100.1, ' 198.51.100.02', 198.51.100.1]
                  loadBalancerSourceRanges: [' 10.1.2.3/8 ', 'fd00::/8', 10.0.0.0/8]
                  ports:
                  - {port: 80, nodePort: 30080, targetPort: http}
                  - {name: tls, port: 443, nodePort: 0, protocol: TCP}
                """));
        assertThat(service.name()).isEqualTo(new ObjectName("shop", "web"));
        assertThat(service.created()).isEqualTo(Instant.parse("2024-05-06T07:08:09Z"));
        assertThat(service.internalPolicy()).isEqualTo(TrafficPolicy.LOCAL);
        assertThat(service.externalPolicy()).isEqualTo(TrafficPolicy.CLUSTER);
        assertThat(Yaml.texts(service.externalIps())).containsExactly("198.51.100.1", "198.51.100.2");
        assertThat(service.sourceRanges()).extracting(Object::toString).containsExactly("10.0.0.0/8", "fd00::/8");
        assertThat(service.ports())
                .extracting(port -> port.name() + ":" + port.number() + " " + port.nodePort())
                .containsExactly(":80 OptionalInt[30080]", "tls:443 OptionalInt.empty");
    }

    @Test
    void manifestWithoutNamespaceOrTimeIsInTheDefaultNamespaceAndOld() {
        ServiceRecord service =
                Yaml.served(Yaml.service("{metadata: {name: web}, spec: {clusterIP: 10.0.0.1, ports: [{port: 80}]}}"));
        assertThat(service.name()).hasToString("default/web");
        assertThat(service.created()).isEqualTo(Instant.EPOCH);
    }
}
