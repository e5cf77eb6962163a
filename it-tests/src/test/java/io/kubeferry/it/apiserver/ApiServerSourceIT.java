package io.kubeferry.it.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubeferry.agent.state.ClusterEvent;
import io.kubeferry.agent.state.ObjectName;
import io.kubeferry.agent.testing.CapturedLog;
import io.kubeferry.agent.testing.RecordingListener;
import io.kubeferry.agent.watch.apiserver.ApiConnection;
import io.kubeferry.agent.watch.apiserver.ApiEvents;
import io.kubeferry.agent.watch.apiserver.ApiRequestObserver;
import io.kubeferry.agent.watch.apiserver.ApiServerSource;
import io.kubeferry.agent.watch.apiserver.KubeconfigChoice;
import io.kubeferry.agent.watch.apiserver.KubeconfigLoader;
import io.kubeferry.agent.watch.apiserver.KubeconfigResult;
import io.kubeferry.agent.watch.apiserver.WatchScope;
import io.kubeferry.core.testing.Await;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Watching a real kube-apiserver. */
class ApiServerSourceIT {
    private static final Logger FABRIC8 = (Logger) LoggerFactory.getLogger("io.fabric8");

    @TempDir
    private static Path folder;

    private static ControlPlane controlPlane;
    private static KubernetesClient admin;
    private static int users;

    private final RecordingListener listener = new RecordingListener();
    private final CapturedLog log = new CapturedLog("io.kubeferry.agent.watch.apiserver");
    private ApiConnection connection;
    private ApiServerSource source;

    @BeforeAll
    static void startControlPlane() throws Exception {
        FABRIC8.setLevel(Level.OFF);
        controlPlane = ControlPlane.start(folder);
        admin = controlPlane.admin();
        awaitReady();
    }

    @AfterAll
    static void stopControlPlane() throws Exception {
        if (admin != null) {
            admin.close();
        }
        if (controlPlane != null) {
            controlPlane.stop();
        }
        FABRIC8.setLevel(null);
    }

    @AfterEach
    void close() {
        if (source != null) {
            source.close();
            connection.close();
        }
        log.close();
    }

    @Test
    void listsAndWatchesWhatKubeProxyWatches() throws Exception {
        String namespace = namespace();
        create(service(namespace, "web", Map.of()));
        create(service(namespace, "other-proxy", Map.of("service.kubernetes.io/service-proxy-name", "x")));
        Service headless = service(namespace, "headless", Map.of());
        headless.getSpec().setClusterIP("None");
        create(headless);
        create(slice(namespace, "web-1", Map.of()));
        create(slice(namespace, "headless-1", Map.of("service.kubernetes.io/headless", "")));
        start(grantedUser(), controlPlane.apiPort(), "");
        listener.awaitSynced();
        assertThat(served(namespace)).containsExactly("EndpointSlice web-1", "Service web");

        create(service(namespace, "later", Map.of()));
        listener.awaitService(new ObjectName(namespace, "later"));
        // Handing a Service to another proxy looks like a removal.
        admin.services()
                .inNamespace(namespace)
                .withName("web")
                .edit(service -> new ServiceBuilder(service)
                        .editMetadata()
                        .addToLabels("service.kubernetes.io/service-proxy-name", "x")
                        .endMetadata()
                        .build());
        listener.await("web handed over", seen -> !present(namespace).contains("Service web"));
        assertThat(listener.last("Service " + namespace + "/later")).isInstanceOf(ClusterEvent.ServiceApplied.class);
        assertThat(log.linesWith("WARN")).isEmpty();
    }

    @Test
    void ownNodeArrivesAndNoOther() throws Exception {
        admin.nodes()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("n1")
                        .endMetadata()
                        .build())
                .create();
        admin.nodes()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("n2")
                        .endMetadata()
                        .build())
                .create();
        start(grantedUser(), controlPlane.apiPort(), "");
        listener.await("Node n1", seen -> seen.present().contains("Node n1"));
        admin.nodes()
                .withName("n1")
                .edit(node -> new NodeBuilder(node)
                        .editMetadata()
                        .addToLabels("topology.kubernetes.io/zone", "a")
                        .endMetadata()
                        .build());
        listener.await(
                "zone a",
                seen -> seen.last("Node n1") instanceof ClusterEvent.NodeApplied applied
                        && applied.node().zone().equals(Optional.of("a")));
        assertThat(listener.present()).doesNotContain("Node n2");
    }

    @Test
    void restartOfTheServerWithChangesInBetweenIsMadeUpFor() throws Exception {
        String namespace = namespace();
        create(service(namespace, "goes", Map.of()));
        create(service(namespace, "stays", Map.of()));
        // The link hides the server while changes are made on it, and forgets no more than the server does.
        CuttableLink link = new CuttableLink(controlPlane.apiPort());
        int port = link.port();
        start(grantedUser(), port, "");
        listener.awaitSynced();
        link.close();
        log.awaitLine("WARN API server cannot be used: connection refused");
        admin.services().inNamespace(namespace).withName("goes").delete();
        create(service(namespace, "comes", Map.of()));
        controlPlane.stopApiServer();
        controlPlane.startApiServer();
        awaitReady();
        try (CuttableLink _ = new CuttableLink(controlPlane.apiPort(), port)) {
            listener.await(
                    "what happened meanwhile",
                    _ -> present(namespace).equals(List.of("Service comes", "Service stays")));
            log.awaitLine("INFO API server is back");
        }
        assertThat(listener.syncs()).isEqualTo(1);
        assertThat(log.hasStackTrace()).isFalse();
    }

    @Test
    void watchesThatAreCutAgainAndAgainLoseNothing() throws Exception {
        String namespace = namespace();
        try (CuttableLink link = new CuttableLink(controlPlane.apiPort())) {
            start(grantedUser(), link.port(), "");
            listener.awaitSynced();
            for (int i = 0; i < 10; i++) {
                create(service(namespace, "web-" + i, Map.of()));
                link.cut();
            }
            listener.await("all ten", seen -> present(namespace).size() == 10);
        }
    }

    @Test
    void forbiddenIsToldInTheServersWordsUntilItIsGranted() throws Exception {
        String user = "jane" + users++;
        start(user, controlPlane.apiPort(), "");
        log.awaitLine(
                "WARN API server forbids to list services; asking again until it allows it: services is forbidden:"
                        + " User \"" + user + "\" cannot list resource \"services\"");
        log.awaitLine("API server does not let us read our Node");
        assertThat(listener.syncs()).isZero();
        grant(user);
        listener.awaitSynced();
        log.awaitLine("INFO API server now allows to list services");
        assertThat(log.linesWith("forbids to list services")).hasSize(1);
        assertThat(log.hasStackTrace()).isFalse();
    }

    @Test
    void rightsInNamespacesAreEnoughForNamespaces() throws Exception {
        String first = namespace();
        String second = namespace();
        String third = namespace();
        String user = "joe" + users++;
        for (String namespace : List.of(first, second)) {
            admin.rbac()
                    .roleBindings()
                    .inNamespace(namespace)
                    .resource(new RoleBindingBuilder()
                            .withNewMetadata()
                            .withName("ferry")
                            .endMetadata()
                            .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "system:node-proxier")
                            .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                            .build())
                    .create();
        }
        for (String namespace : List.of(first, second, third)) {
            create(service(namespace, "web", Map.of()));
        }
        start(user, controlPlane.apiPort(), first + "," + second);
        listener.awaitSynced();
        assertThat(listener.present())
                .containsExactlyInAnyOrder("Service " + first + "/web", "Service " + second + "/web");
    }

    @Test
    void warningsReachTheOwnerOfAService() throws Exception {
        String namespace = namespace();
        start(grantedUser(), controlPlane.apiPort(), "");
        listener.awaitSynced();
        try (ApiEvents events = new ApiEvents(connection, "n1")) {
            for (int i = 0; i < 3; i++) {
                events.warn(
                        new ApiEvents.Regarding("Service", Optional.of(namespace), "web", Optional.empty()),
                        "FailedToStartServiceHealthcheck",
                        "Listen",
                        "port 30000 is taken");
            }
            listener.await(
                    "the Event",
                    _ -> !admin.events()
                            .v1()
                            .events()
                            .inNamespace(namespace)
                            .list()
                            .getItems()
                            .isEmpty());
        }
        assertThat(admin.events().v1().events().inNamespace(namespace).list().getItems())
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getType()).isEqualTo("Warning");
                    assertThat(event.getNote()).isEqualTo("port 30000 is taken");
                    assertThat(event.getRegarding().getName()).isEqualTo("web");
                    assertThat(event.getReportingInstance()).isEqualTo("kubeferry-n1");
                });
    }

    private void start(String user, int port, String namespaces) throws Exception {
        KubeconfigResult result = new KubeconfigLoader(Map.of(), folder, folder)
                .load(new KubeconfigChoice(
                        Optional.of(controlPlane.kubeconfig(user, "CN=" + user, port)),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(result).isInstanceOf(KubeconfigResult.Found.class);
        connection = new ApiConnection(((KubeconfigResult.Found) result).access(), ApiRequestObserver.none());
        TreeSet<String> only = new TreeSet<>(namespaces.isEmpty() ? List.of() : Arrays.asList(namespaces.split(",")));
        source = new ApiServerSource(connection, new WatchScope("n1", only, Optional.empty()));
        source.start(listener);
    }

    private List<String> present(String namespace) {
        return listener.present().stream()
                .filter(object -> object.contains(" " + namespace + "/"))
                .map(object -> object.replace(namespace + "/", ""))
                .toList();
    }

    /** Older servers cannot leave out what we ignore. */
    private List<String> served(String namespace) {
        return present(namespace).stream()
                .filter(object -> !(listener.last(object.replace(" ", " " + namespace + "/"))
                        instanceof ClusterEvent.ServiceIgnored))
                .toList();
    }

    private static String grantedUser() {
        String user = "ferry" + users++;
        grant(user);
        return user;
    }

    private static void grant(String user) {
        admin.rbac()
                .clusterRoleBindings()
                .resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "system:node-proxier")
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .create();
    }

    private static String namespace() {
        String name = "test-" + users++;
        admin.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    private static void create(Service service) {
        admin.resource(service).create();
    }

    private static void create(EndpointSlice slice) {
        admin.resource(slice).create();
    }

    private static Service service(String namespace, String name, Map<String, String> labels) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .addNewPort()
                .withPort(80)
                .endPort()
                .endSpec()
                .build();
    }

    private static EndpointSlice slice(String namespace, String name, Map<String, String> labels) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withLabels(labels)
                .addToLabels("kubernetes.io/service-name", "web")
                .endMetadata()
                .withAddressType("IPv4")
                .build();
    }

    /** Until the server answers, and has made the roles that it makes when it starts. */
    private static void awaitReady() throws Exception {
        try {
            Await.until(ApiServerSourceIT::isReady);
        } catch (AssertionError e) {
            throw new AssertionError(controlPlane.log(), e);
        }
    }

    private static boolean isReady() {
        try {
            return admin.rbac().clusterRoles().withName("system:node-proxier").get() != null
                    && admin.namespaces().withName("default").get() != null;
        } catch (KubernetesClientException e) {
            return false;
        }
    }
}
