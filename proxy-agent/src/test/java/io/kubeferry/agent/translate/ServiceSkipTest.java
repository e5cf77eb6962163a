package io.kubeferry.agent.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ServiceRecord;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What is left out of a Service, what is not, and in which words. */
class ServiceSkipTest {
    record Row(String sentence, String spec, List<String> skipped) {
        @Override
        public String toString() {
            return sentence;
        }
    }

    private static Row row(String sentence, String spec, String... skipped) {
        return new Row(sentence, spec, List.of(skipped));
    }

    static final List<Row> IGNORED = List.of(
            row(
                    "a cluster IP of None is headless",
                    "{clusterIP: None, ports: [{port: 80}]}",
                    "Service shop/web: headless"),
            row(
                    "an ExternalName is skipped even with a cluster IP",
                    "{type: ExternalName, clusterIP: 10.0.0.1, ports: [{port: 80}]}",
                    "Service shop/web: type ExternalName"),
            row(
                    "a Service without cluster IP waits for one",
                    "{ports: [{port: 80}]}",
                    "Service shop/web: no cluster IP"),
            row(
                    "an empty cluster IP is none",
                    "{clusterIP: '', ports: [{port: 80}]}",
                    "Service shop/web: no cluster IP"),
            row("blanks are no cluster IP", "{clusterIP: ' ', ports: [{port: 80}]}", "Service shop/web: no cluster IP"),
            row(
                    "blanks are no cluster IP of a family",
                    "{clusterIP: ' ', ipFamilies: [IPv4], ports: [{port: 80}]}",
                    "Service shop/web: no cluster IP"),
            row(
                    "none in other letters is a bad cluster IP, not headless",
                    "{clusterIP: none, ports: [{port: 80}]}",
                    "Service shop/web: clusterIP none (expected: an IP address)"),
            row(
                    "a cluster IP that is no IP",
                    "{clusterIP: 10.0.0.256, ports: [{port: 80}]}",
                    "Service shop/web: clusterIP 10.0.0.256 (expected: an IP address)"),
            row(
                    "a cluster IP of another family than its entry says",
                    "{clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1], ipFamilies: [IPv6], ports: [{port: 80}]}",
                    "Service shop/web: clusterIPs[0] 10.0.0.1 (expected: an IPv6 address)"),
            row("no ports", "{clusterIP: 10.0.0.1}", "Service shop/web: no ports"),
            row("no spec", "null", "Service shop/web: spec none (expected: ports and a cluster IP)"),
            row(
                    "UDP and SCTP ports only",
                    "{clusterIP: 10.0.0.1, ports: [{port: 53, protocol: UDP}, {name: s, port: 54, protocol: SCTP}]}",
                    "Service shop/web port 53: UDP is not carried by kubeferry",
                    "Service shop/web port s: SCTP is not carried by kubeferry"),
            row(
                    "only ports that cannot be",
                    "{clusterIP: 10.0.0.1, ports: [{port: 0}, null, {name: a}, {name: ''}]}",
                    "Service shop/web port 0: port 0 (expected: 1..65535)",
                    "Service shop/web: ports[1] none (expected: a port)",
                    "Service shop/web port a: port none (expected: 1..65535)",
                    "Service shop/web port ports[3]: port none (expected: 1..65535)"));

    @ParameterizedTest
    @FieldSource("IGNORED")
    void wholeServiceIsLeftOut(Row row) {
        ClusterEvent event = ServiceTranslator.translate(Yaml.serviceWith(row.spec));
        assertThat(event).isInstanceOf(ClusterEvent.ServiceIgnored.class);
        assertThat(Yaml.skipped(event)).isEqualTo(row.skipped);
    }

    /** Each row's fields stand beside a good cluster IP and the good port {@code ok}, which must be served. */
    static final List<Row> PARTS = List.of(
            row("nothing wrong", ""),
            row(
                    "a UDP sibling",
                    "p: {name: dns, port: 80, protocol: UDP}",
                    "Service shop/web port dns: UDP is not carried by kubeferry"),
            row(
                    "a protocol nobody knows",
                    "p: {name: q, port: 81, protocol: QUIC}",
                    "Service shop/web port q: protocol QUIC (expected: TCP, UDP or SCTP)"),
            row(
                    "a port number out of range",
                    "p: {name: q, port: 70000}",
                    "Service shop/web port q: port 70000 (expected: 1..65535)"),
            row("a negative port", "p: {name: q, port: -1}", "Service shop/web port q: port -1 (expected: 1..65535)"),
            row(
                    "a name given twice: the later port counts, as in kube-proxy",
                    "p: {name: ok, port: 79}",
                    "Service shop/web port ok: number 79 gives way to a later port of the same name, number 80"),
            row("the same number under another name", "p: {name: q, port: 80}"),
            row("blank external IPs are no fault", "externalIPs: ['', ' ', null]"),
            row(
                    "an external IP that is none",
                    "externalIPs: [nonsense]",
                    "Service shop/web: externalIPs nonsense (expected: an IP address)"),
            row(
                    "an external IP of a family without cluster IP",
                    "externalIPs: ['fd00::1']",
                    "Service shop/web: externalIPs fd00::1 is without use: no IPv6 cluster IP"),
            row("blank source ranges are no fault", "loadBalancerSourceRanges: ['', ' ', null]"),
            row(
                    "a source range without length",
                    "loadBalancerSourceRanges: [10.0.0.0]",
                    "Service shop/web: loadBalancerSourceRanges 10.0.0.0 (expected: a range such as 10.0.0.0/8)"),
            row(
                    "a source range that is too long",
                    "loadBalancerSourceRanges: [10.0.0.0/33]",
                    "Service shop/web: loadBalancerSourceRanges 10.0.0.0/33 (expected: a range such as 10.0.0.0/8)"),
            row(
                    "a negative affinity time-out",
                    "sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: -5}}",
                    "Service shop/web: sessionAffinityConfig.clientIP.timeoutSeconds -5"
                            + " (expected: 1..86400, taken as 10800)"),
            row(
                    "an affinity nobody knows",
                    "sessionAffinity: Cookie",
                    "Service shop/web: sessionAffinity Cookie (expected: None or ClientIP)"),
            row(
                    "an internal policy nobody knows",
                    "internalTrafficPolicy: Nearest",
                    "Service shop/web: internalTrafficPolicy Nearest (expected: Cluster or Local)"),
            row(
                    "an external policy nobody knows",
                    "type: NodePort, externalTrafficPolicy: Nearest",
                    "Service shop/web: externalTrafficPolicy Nearest (expected: Cluster or Local)"),
            row(
                    "a type nobody knows",
                    "type: Magic",
                    "Service shop/web: type Magic (expected: ClusterIP, NodePort, LoadBalancer or ExternalName)"),
            row(
                    "a load balancer that cannot ask for its Local endpoints",
                    "type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 0",
                    "Service shop/web: healthCheckNodePort 0 (expected: 1..65535)"),
            row(
                    "a family nobody knows beside a good one",
                    "ipFamilies: [IPv4, IPv5], clusterIPs: [10.0.0.1, 10.0.0.2]",
                    "Service shop/web: ipFamilies[1] IPv5 (expected: IPv4 or IPv6)"),
            row(
                    "one cluster IP of two is no IP",
                    "ipFamilies: [IPv4, IPv6], clusterIPs: [10.0.0.1, 'fd00::g']",
                    "Service shop/web: clusterIPs[1] fd00::g (expected: an IPv6 address)"),
            row(
                    "a value that would break or flood the log",
                    "externalIPs: [\"a\\nb\", '" + "x".repeat(10_000) + "']",
                    "Service shop/web: externalIPs a?b (expected: an IP address)",
                    "Service shop/web: externalIPs " + "x".repeat(80) + "… (expected: an IP address)"));

    @ParameterizedTest
    @FieldSource("PARTS")
    void oneBadValueCostsOnlyItself(Row row) {
        boolean isPort = row.spec.startsWith("p: ");
        String ports = (isPort ? row.spec.substring(3) + ", " : "") + "{name: ok, port: 80}";
        ClusterEvent event = ServiceTranslator.translate(Yaml.serviceWith(
                "{clusterIP: 10.0.0.1, ports: [" + ports + "]" + (isPort ? "" : ", " + row.spec) + "}"));
        assertThat(Yaml.skipped(event)).isEqualTo(row.skipped);
        ServiceRecord service = ((ClusterEvent.ServiceApplied) event).service();
        assertThat(Yaml.texts(List.copyOf(service.clusterIps().values()))).containsExactly("10.0.0.1");
        assertThat(service.ports())
                .anySatisfy(
                        port -> assertThat(port.name() + ":" + port.number()).isEqualTo("ok:80"));
    }

    @Test
    void badNodePortCostsNeitherItsPortNorTheOtherNodePorts() {
        ClusterEvent event = ServiceTranslator.translate(Yaml.serviceWith("""
                {type: NodePort, clusterIP: 10.0.0.1,
                 ports: [{name: a, port: 80, nodePort: 70000}, {name: b, port: 81, nodePort: 30081}]}"""));
        assertThat(Yaml.skipped(event)).containsExactly("Service shop/web port a: nodePort 70000 (expected: 1..65535)");
        assertThat(((ClusterEvent.ServiceApplied) event).service().ports())
                .extracting(port -> port.name() + " " + port.nodePort())
                .containsExactly("a OptionalInt.empty", "b OptionalInt[30081]");
    }

    @Test
    void tenThousandPortsAreServed() {
        String ports = IntStream.rangeClosed(1, 10_000)
                .mapToObj(number -> "{\"name\": \"p" + number + "\", \"port\": " + number + "}")
                .collect(Collectors.joining(", "));
        assertThat(Yaml.served(Yaml.serviceWith("{\"clusterIP\": \"10.0.0.1\", \"ports\": [" + ports + "]}"))
                        .ports())
                .hasSize(10_000);
    }

    @Test
    void serviceWithoutNameOrMetadataIsNamedAsFarAsCanBe() {
        assertThat(Yaml.skipped(ServiceTranslator.translate(Yaml.service("{spec: {clusterIP: 10.0.0.1}}"))))
                .containsExactly("Service default/: metadata.name none (expected: a name)");
        assertThat(Yaml.skipped(ServiceTranslator.translate(Yaml.service("{metadata: null}"))))
                .containsExactly("Service default/: metadata.name none (expected: a name)");
    }
}
