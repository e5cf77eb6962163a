package io.kubeferry.core.routing;

import static io.kubeferry.core.testing.SampleServicePort.servicePort;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.model.ServicePort;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.testing.SampleServicePort;
import io.kubeferry.core.testing.Snapshots;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AddressClaimsTest {
    private static final HostFacts HOST = host("127.0.0.1");
    private static final Duration DAY = Duration.ofDays(1);

    @Test
    void clusterIpIsOfferedOnLoopbackAndNodePortOnEverySelectedAddress() {
        Settled claims = settle(
                host("127.0.0.1", "192.168.1.5"),
                servicePort("shop/web").clusterIp("10.96.0.10", 80).nodePort(30080));

        assertThat(claims.offers())
                .containsExactly(
                        "shop/web ClusterIP 10.96.0.10:80 at 127.96.0.10:80",
                        "shop/web NodePort 127.0.0.1:30080 at 127.0.0.1:30080",
                        "shop/web NodePort 192.168.1.5:30080 at 192.168.1.5:30080");
        assertThat(claims.reasons()).isEmpty();
    }

    @Test
    void nodePortIsOfferedOnAddressesOfItsFamilyOnly() {
        Settled claims = settle(
                host("127.0.0.1", "fd00::5"),
                servicePort("shop/web").clusterIp("fd00:10::1", 80).nodePort(30080));

        assertThat(claims.offers())
                .contains("shop/web NodePort [fd00::5]:30080 at [fd00::5]:30080")
                .hasSize(2);
    }

    @Test
    void nodePortWithoutAnAddressOfItsFamilyIsSkipped() {
        Settled claims = settle(
                HOST, servicePort("shop/web:http").clusterIp("fd00:10::1", 80).nodePort(30080));

        assertThat(claims.offers()).hasSize(1);
        assertThat(claims.reasons())
                .containsExactly("Service shop/web port http: node port 30080: "
                        + "no IPv6 address of this host is selected for node ports");
    }

    @Test
    void externalAndLoadBalancerIpsAreNotOffered() {
        Settled claims = settle(
                HOST, servicePort("shop/web:http").externalIps("192.0.2.1").loadBalancerIps("192.0.2.2", "192.0.2.3"));

        assertThat(claims.offers()).hasSize(1);
        assertThat(claims.reasons())
                .containsExactly(
                        "Service shop/web port http: LoadBalancer 192.0.2.2:80: not offered in loopback address mode",
                        "Service shop/web port http: LoadBalancer 192.0.2.3:80: not offered in loopback address mode",
                        "Service shop/web port http: ExternalIP 192.0.2.1:80: not offered in loopback address mode");
    }

    @Test
    void whereAddressesAreTakenThemselvesEveryKindIsOfferedAsItIs() {
        Settled claims = settle(
                new HostFacts(OfferedAt.OWN_ADDRESSES, Snapshots.addresses("127.0.0.1", "192.168.1.5"), 1024, false),
                servicePort("shop/web")
                        .clusterIp("10.96.0.10", 80)
                        .nodePort(30080)
                        .externalIps("192.0.2.1")
                        .loadBalancerIps("192.0.2.2"));

        assertThat(claims.offers())
                .containsExactly(
                        "shop/web ClusterIP 10.96.0.10:80 at 10.96.0.10:80",
                        "shop/web LoadBalancer 192.0.2.2:80 at 192.0.2.2:80",
                        "shop/web ExternalIP 192.0.2.1:80 at 192.0.2.1:80",
                        "shop/web NodePort 127.0.0.1:30080 at 127.0.0.1:30080",
                        "shop/web NodePort 192.168.1.5:30080 at 192.168.1.5:30080");
        assertThat(claims.reasons()).isEmpty();
    }

    @Test
    void externalIpsCanBeSwitchedOffAndThenBelongToNobody() {
        Settled claims = settle(
                new HostFacts(OfferedAt.OWN_ADDRESSES, List.of(), 0, true, false),
                servicePort("shop/web:http").clusterIp("10.96.0.10", 80).externalIps("192.0.2.1"),
                servicePort("shop/lb").clusterIp("10.96.0.11", 80).loadBalancerIps("192.0.2.1"));

        assertThat(claims.offers())
                .containsExactlyInAnyOrder(
                        "shop/web:http ClusterIP 10.96.0.10:80 at 10.96.0.10:80",
                        "shop/lb ClusterIP 10.96.0.11:80 at 10.96.0.11:80",
                        "shop/lb LoadBalancer 192.0.2.1:80 at 192.0.2.1:80");
        assertThat(claims.reasons())
                .containsExactly("Service shop/web port http: external IP 192.0.2.1: "
                        + "feature gate AllowServiceExternalIPs is off");
    }

    @Test
    void aLoadBalancerAddressWinsOverTheSameExternalAddressOfAnOlderService() {
        Settled claims = settle(
                new HostFacts(OfferedAt.OWN_ADDRESSES, List.of(), 0, true),
                servicePort("shop/old").clusterIp("10.96.0.10", 80).externalIps("192.0.2.1"),
                servicePort("shop/new")
                        .clusterIp("10.96.0.11", 80)
                        .loadBalancerIps("192.0.2.1")
                        .younger(DAY));

        assertThat(claims.offers()).contains("shop/new LoadBalancer 192.0.2.1:80 at 192.0.2.1:80");
        assertThat(claims.reasons())
                .containsExactly(
                        "Service shop/old port 80: ExternalIP 192.0.2.1:80 already belongs to Service shop/new");
    }

    @Test
    void ofTwoServicesWithOneClusterIpTheOlderWins() {
        Settled claims = settle(
                HOST,
                servicePort("shop/a").clusterIp("10.96.0.10", 80).younger(DAY),
                servicePort("shop/b:http").clusterIp("10.96.0.10", 80));

        assertThat(claims.offers()).containsExactly("shop/b:http ClusterIP 10.96.0.10:80 at 127.96.0.10:80");
        assertThat(claims.reasons())
                .containsExactly(
                        "Service shop/a port 80: ClusterIP 10.96.0.10:80 already belongs to Service shop/b:http");
    }

    @Test
    void ofTwoServicesOfOneAgeTheFirstByNameWins() {
        Settled claims = settle(
                HOST,
                servicePort("shop/b").nodePort(30080),
                servicePort("shop/a").clusterIp("10.96.0.11", 80).nodePort(30080));

        assertThat(claims.offers())
                .contains("shop/a NodePort 127.0.0.1:30080 at 127.0.0.1:30080")
                .hasSize(3);
        assertThat(claims.reasons())
                .containsExactly("Service shop/b port 80: NodePort 127.0.0.1:30080 already belongs to Service shop/a");
    }

    @Test
    void clusterIpWinsAgainstAnOlderNodePort() {
        Settled claims = settle(
                host("127.96.0.10"),
                servicePort("shop/old").clusterIp("10.96.0.11", 80).nodePort(30080),
                servicePort("shop/young").clusterIp("10.96.0.10", 30080).younger(DAY));

        assertThat(claims.offers())
                .containsExactly(
                        "shop/old ClusterIP 10.96.0.11:80 at 127.96.0.11:80",
                        "shop/young ClusterIP 10.96.0.10:30080 at 127.96.0.10:30080");
        assertThat(claims.reasons())
                .containsExactly(
                        "Service shop/old port 80: NodePort 127.96.0.10:30080 already belongs to Service shop/young");
    }

    @Test
    void portsOfOneClusterIpAreOfferedSideBySide() {
        Settled claims = settle(
                HOST,
                servicePort("shop/web:http").clusterIp("10.96.0.10", 80),
                servicePort("shop/web:https").clusterIp("10.96.0.10", 443));

        assertThat(claims.offers())
                .containsExactly(
                        "shop/web:http ClusterIP 10.96.0.10:80 at 127.96.0.10:80",
                        "shop/web:https ClusterIP 10.96.0.10:443 at 127.96.0.10:443");
    }

    @Test
    void hostWithoutAFreeLoopbackPortSkipsTheYoungest() {
        SampleServicePort[] many = Stream.iterate(0, i -> i + 1)
                .limit(20_001)
                .map(i -> servicePort("shop/web" + i)
                        .clusterIp("10.96." + i / 256 + "." + i % 256, 80)
                        .younger(Duration.ofSeconds(i)))
                .toArray(SampleServicePort[]::new);

        Settled claims = settle(new HostFacts(OfferedAt.LOOPBACK, List.of(), 1024, false), many);

        assertThat(claims.offers()).hasSize(20_000);
        assertThat(claims.reasons())
                .containsExactly("Service shop/web20000 port 80: ClusterIP 10.96.78.32:80: "
                        + "no loopback port is left to offer it on");
    }

    @Test
    void addressesAndTheirPlacesCountAsServed() {
        Settled claims =
                settle(HOST, servicePort("shop/web").clusterIp("10.96.0.10", 80).nodePort(30080));

        assertThat(claims.claims().served())
                .extracting(ListenAddress::toString)
                .containsExactlyInAnyOrder("10.96.0.10:80", "127.96.0.10:80", "127.0.0.1:30080");
    }

    private static Settled settle(HostFacts host, SampleServicePort... samples) {
        List<ServicePort> servicePorts = Stream.of(samples)
                .map(SampleServicePort::build)
                .sorted(AddressClaims.SENIORITY)
                .toList();
        AddressClaims claims = new AddressClaims(host);
        claims.change(List.of(), servicePorts);
        return new Settled(servicePorts, claims);
    }

    private static HostFacts host(String... nodePortAddresses) {
        return new HostFacts(OfferedAt.LOOPBACK, Snapshots.addresses(nodePortAddresses), 0, true);
    }

    /** The outcome for each service port, in the order of seniority. */
    private record Settled(List<ServicePort> servicePorts, AddressClaims claims) {
        List<String> offers() {
            return servicePorts.stream()
                    .flatMap(servicePort -> claims.of(servicePort).claims().stream()
                            .map(claim -> servicePort.name() + " " + claim.address() + " at " + claim.place()))
                    .toList();
        }

        List<String> reasons() {
            return servicePorts.stream()
                    .flatMap(servicePort -> claims.of(servicePort).skipped().stream())
                    .map(Skipped::toString)
                    .toList();
        }
    }
}
