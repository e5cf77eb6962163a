package io.kubeferry.it.capture;

import static io.kubeferry.it.capture.SampleServices.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules as policy engines write them, and the agent as a user that is not root and may do nothing but network things. */
class NetworkPolicyIT extends OnOneNetwork {
    /** What root of the node sends is let through, what the pod sends to another pod is not. */
    private static final String RULES = """
            table inet engine {
              chain postrouting {
                type filter hook postrouting priority 0; policy accept;
                meta skuid 0 accept
                ip saddr 10.244.1.11 ip daddr 10.244.2.10 drop
                ip6 saddr fd44:1::11 ip6 daddr fd44:2::10 drop
              }
            }
            """;

    @BeforeEach
    void start() throws Exception {
        WEB.write(manifests, List.of(cluster.p2a()));
        cluster.n1().namespace().runWithInput(RULES, "nft", "-f", "-");
        agent = NodeAgent.startAsNobody(cluster.n1(), manifests).awaitReady();
    }

    @ParameterizedTest
    @EnumSource
    void aPodThatMayNotReachAnotherMayNotReachItThroughAServiceEither(Family family) throws Exception {
        assertThat(cluster.p1b().ask(cluster.p2a().address(family), ClusterNetwork.POD_PORT))
                .as("directly")
                .isEqualTo("no answer");
        // Its connection is accepted and reset when the endpoint does not answer: it gets not a byte of the pod's.
        assertThat(cluster.p1b().ask(WEB.clusterIp(family), 80)).isEqualTo("reset");
        assertThat(cluster.p1a().ask(WEB.clusterIp(family), 80))
                .isEqualTo("p2a " + cluster.p1a().address(family));
        assertThat(cluster.n1().ask(WEB.clusterIp(family), 80)).startsWith("p2a");
    }
}
