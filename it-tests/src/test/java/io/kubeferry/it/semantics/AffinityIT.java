package io.kubeferry.it.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.RunningAgent;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Session affinity as clients see it. A client is an address of the loopback network. */
class AffinityIT {
    private static final String CLUSTER_IP = "10.47.22.10";
    private static final String CLIENT_IP = "sessionAffinity: ClientIP";
    private static final String[] EVERYWHERE = {"a nodeName: here", "b nodeName: elsewhere", "c nodeName: elsewhere"};
    private static final String CLIENT = "127.0.0.1";

    @TempDir
    private Path folder;

    private Pods pods;
    private ServicePlace web;
    private ServicePlace second;
    private ServicePlace nodePort;
    private RunningAgent agent;

    @BeforeEach
    void start() throws Exception {
        pods = new Pods("a", "b", "c");
        web = ServicePlace.ofClusterIp(CLUSTER_IP, FreePorts.next());
        second = ServicePlace.ofClusterIp(CLUSTER_IP, FreePorts.next());
        nodePort = ServicePlace.ofNodePort(FreePorts.next());
        write(CLIENT_IP, EVERYWHERE);
        agent = RunningAgent.onManifests(folder);
        web.awaitServed();
        nodePort.awaitServed();
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        pods.close();
    }

    @Test
    void aClientStaysAtEveryAddressAndClientsAreSpread() throws Exception {
        String stays = answer(web, CLIENT);
        for (int i = 0; i < 5; i++) {
            assertThat(answer(web, CLIENT)).isEqualTo(stays);
            assertThat(answer(nodePort, CLIENT)).isEqualTo(stays);
        }
        Set<String> ofOthers = new HashSet<>();
        for (int number = 2; number < 5; number++) {
            ofOthers.add(answer(web, "127.0.0." + number));
        }
        assertThat(ofOthers).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void everyPortOfAServiceHasAnAffinityOfItsOwn() throws Exception {
        // Three clients in another order at the second port: with one table they would stay where they were.
        List<String> first = new ArrayList<>();
        List<String> other = new ArrayList<>();
        for (String client : List.of("127.0.0.2", "127.0.0.3", "127.0.0.4")) {
            first.add(answer(web, client));
        }
        for (String client : List.of("127.0.0.4", "127.0.0.3", "127.0.0.2", "127.0.0.5")) {
            other.add(answer(second, client));
        }
        assertThat(other.subList(0, 3)).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(other.getLast()).isEqualTo(other.getFirst());
        assertThat(answer(second, "127.0.0.4")).isEqualTo(other.getFirst());
        assertThat(answer(web, "127.0.0.2")).isEqualTo(first.getFirst());
    }

    @Test
    void aClientMovesWhenItsEndpointGoesAndStaysThereWhenItIsBack() throws Exception {
        String left = answer(web, CLIENT);
        write(
                CLIENT_IP,
                Arrays.stream(EVERYWHERE)
                        .filter(endpoint -> !endpoint.startsWith(left))
                        .toArray(String[]::new));
        Await.until(() -> !answer(web, CLIENT).equals(left));
        String moved = answer(web, CLIENT);
        write(CLIENT_IP, EVERYWHERE);
        // Once all three serve again the client is still where it moved.
        Await.until(() -> agent.metric("kubeferry_endpoints_usable", "port=\"http\"", "list=\"cluster\"") == 3);
        assertThat(answer(web, CLIENT)).isEqualTo(moved);
    }

    @Test
    void aClientOfTheLocalListIsSentToThisNode() throws Exception {
        write(CLIENT_IP + ", externalTrafficPolicy: Local", EVERYWHERE);
        Await.until(() -> answer(nodePort, "127.0.0.2").equals("a")
                && answer(nodePort, "127.0.0.3").equals("a"));
        assertThat(answer(nodePort, "127.0.0.4")).isEqualTo("a");
        // The cluster IP's list holds that endpoint too, and both share what is remembered.
        assertThat(answer(web, "127.0.0.4")).isEqualTo("a");
    }

    @Test
    void switchedOffItEndsAtOnceAndSwitchedOnItBeginsAnew() throws Exception {
        String stays = answer(web, CLIENT);
        write("sessionAffinity: None", EVERYWHERE);
        Await.until(() -> !answer(web, CLIENT).equals(stays));
        assertThat(web.answers(6)).containsOnlyKeys("a", "b", "c");

        write(CLIENT_IP, EVERYWHERE);
        Await.until(() -> web.answers(6).size() == 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}",
                "sessionAffinityConfig: {clientIP: {timeoutSeconds: -5}}",
                "sessionAffinityConfig: {clientIP: {timeoutSeconds: 2147483647}}",
                "sessionAffinityConfig: {clientIP: null}",
                "sessionAffinityConfig: {}",
            })
    void aTimeoutThatIsNoneCountsAsTheUsualOne(String config) throws Exception {
        write("sessionAffinity: None", EVERYWHERE);
        Await.until(() -> web.answers(6).size() == 3);
        write(CLIENT_IP + ", " + config, EVERYWHERE);
        Await.until(() -> web.answers(6).size() == 1);
    }

    @Test
    void anAffinityThatDoesNotExistIsNamedAndCountsAsNone() throws Exception {
        write("sessionAffinity: Cookie", EVERYWHERE);
        agent.awaitOutput("sessionAffinity Cookie (expected: None or ClientIP)");
        Await.until(() -> web.answers(6).size() == 3);
    }

    private static String answer(ServicePlace place, String client) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(client, 0));
            return new String(place.connect(socket).getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void write(String affinity, String... endpoints) throws IOException {
        List<String> documents = new ArrayList<>();
        documents.add("""
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: it}
                spec:
                  {type: NodePort, clusterIP: %s, %s, ports: [
                    {name: http, port: %d, nodePort: %d}, {name: more, port: %d}]}
                """.formatted(CLUSTER_IP, affinity, web.port(), nodePort.port(), second.port()));
        documents.addAll(pods.slices("web", List.of(endpoints)));
        documents.addAll(pods.slices("web", List.of(endpoints)).stream()
                .map(slice -> slice.replace("name: web-", "name: more-").replace("name: http", "name: more"))
                .toList());
        Files.writeString(folder.resolve("web.yaml"), Manifests.file(documents.toArray(String[]::new)));
    }
}
