package io.kubeferry.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.zjsonpatch.JsonPatch;
import io.kubeferry.it.process.RunningCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each overlay builds, asks for no more rights than it needs, and uses flags that the command has. */
class OverlaysIT {
    private static final Path DEPLOY = Path.of(System.getProperty("kubeferry.deploy"));
    private static final String REPLACE = "replace";
    private static final String BESIDE = "beside";
    private static final String KIND = "kind";
    private static final Pattern FLAG = Pattern.compile("--[a-z][a-z-]*");

    @TempDir
    private Path folder;

    @BeforeEach
    void findKubectl() {
        boolean found = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "kubectl")));
        assumeTrue(found, "skipped: there is no kubectl on the PATH");
    }

    @ParameterizedTest
    @ValueSource(strings = {REPLACE, BESIDE, KIND})
    void flagsAreKnownToTheCommandAndTakenByIt(String name) throws Exception {
        List<String> arguments = container(daemonSet(name)).getArgs().stream()
                .map(argument -> argument.replace("$(NODE_NAME)", "n1"))
                .collect(Collectors.toCollection(ArrayList::new));
        List<String> preparing = preparation(daemonSet(name)).getArgs();
        String help = RunningCommand.run(Map.of(), List.of("run", "--help")).output();
        List<String> known =
                FLAG.matcher(help).results().map(match -> match.group()).toList();
        for (List<String> words : List.of(arguments, preparing)) {
            assertThat(words.getFirst()).isEqualTo("run");
            assertThat(words.stream().skip(1).map(argument -> argument.split("=", 2)[0]))
                    .isSubsetOf(known);
        }

        arguments.add("--write-config-to=" + folder.resolve("config.yaml"));
        RunningCommand.Ended taken = RunningCommand.run(Map.of(), arguments);
        assertThat(taken.exitCode()).as(taken.output()).isZero();
    }

    @Test
    void portsAreThoseOfKubeProxyWithoutItAndOthersBesideIt() throws Exception {
        assertThat(ports(REPLACE)).isEqualTo(Map.of("health", 10_256, "metrics", 10_249));
        assertThat(ports(BESIDE)).isEqualTo(Map.of("health", 10_356, "metrics", 10_349));
        assertThat(ports(KIND)).isEqualTo(ports(BESIDE));
    }

    @ParameterizedTest
    @ValueSource(strings = {REPLACE, BESIDE, KIND})
    void probesAndThePodMonitorAskThePortsOfTheFlags(String name) throws Exception {
        DaemonSet daemonSet = daemonSet(name);
        HTTPGetAction liveness = container(daemonSet).getLivenessProbe().getHttpGet();
        // On a node whose first address is of IPv6, the pod's address is not where the agent listens.
        assertThat(liveness.getHost()).isEqualTo("127.0.0.1");
        assertThat(liveness.getPath()).isEqualTo("/livez");
        assertThat(liveness.getPort().getIntVal()).isEqualTo(ports(name).get("health"));
        assertThat(daemonSet.getSpec().getTemplate().getMetadata().getAnnotations())
                .containsEntry("prometheus.io/port", String.valueOf(ports(name).get("metrics")));
    }

    @ParameterizedTest
    @ValueSource(strings = {REPLACE, BESIDE, KIND})
    void aNewAgentTakesOverWhileTheOldOneIsStillAtWork(String name) throws Exception {
        DaemonSet daemonSet = daemonSet(name);
        Container agent = container(daemonSet);
        assertThat(daemonSet
                        .getSpec()
                        .getUpdateStrategy()
                        .getRollingUpdate()
                        .getMaxSurge()
                        .getIntVal())
                .isEqualTo(1);
        assertThat(daemonSet
                        .getSpec()
                        .getUpdateStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
        // What fails at all fails soon, and until then the old one is there to take its place again.
        assertThat(daemonSet.getSpec().getMinReadySeconds()).isGreaterThanOrEqualTo(10);
        // Two with the same port of the node could not be scheduled.
        assertThat(agent.getPorts()).isEmpty();
        assertThat(agent.getArgs()).contains("--overlap", "--ready-file=/tmp/ready");
        assertThat(agent.getReadinessProbe().getExec().getCommand()).containsExactly("test", "-f", "/tmp/ready");
    }

    @Test
    void onlyLabelledServicesAreServedBesideKubeProxy() throws Exception {
        String flag = "--service-proxy-name=kubeferry";
        assertThat(container(daemonSet(BESIDE)).getArgs()).contains(flag);
        assertThat(container(daemonSet(KIND)).getArgs()).contains(flag);
        assertThat(container(daemonSet(REPLACE)).getArgs())
                .noneMatch(argument -> argument.startsWith("--service-proxy-name"));
    }

    @ParameterizedTest
    @ValueSource(strings = {REPLACE, BESIDE, KIND})
    void agentRunsOnTheNodesNetworkAndKeepsOneRightAsAnOrdinaryUser(String name) throws Exception {
        PodSpec pod = daemonSet(name).getSpec().getTemplate().getSpec();
        assertThat(pod.getHostNetwork()).isTrue();
        assertThat(pod.getPriorityClassName()).isEqualTo("system-node-critical");
        assertThat(pod.getTolerations()).singleElement().satisfies(all -> {
            assertThat(all.getOperator()).isEqualTo("Exists");
            assertThat(all.getKey()).isNull();
            assertThat(all.getEffect()).isNull();
        });
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        Container agent = container(daemonSet(name));
        assertThat(agent.getSecurityContext().getPrivileged()).isNull();
        assertThat(agent.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(agent.getSecurityContext().getRunAsUser()).isEqualTo(65_532);
        assertThat(agent.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(agent.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(agent.getSecurityContext().getCapabilities().getAdd()).containsExactly("NET_ADMIN");
        assertThat(agent.getCommand())
                .containsExactly(
                        "tini",
                        "--",
                        "setpriv",
                        "--inh-caps=-all,+net_admin",
                        "--ambient-caps=-all,+net_admin",
                        "--no-new-privs",
                        "kubeferry");
        assertThat(agent.getArgs()).contains("--addresses=capture");
        assertThat(agent.getResources().getRequests()).containsOnlyKeys("cpu", "memory");
    }

    @ParameterizedTest
    @ValueSource(strings = {REPLACE, BESIDE, KIND})
    void onlyTheContainerThatPreparesTheNodeAndEndsIsPrivileged(String name) throws Exception {
        Container preparation = preparation(daemonSet(name));
        assertThat(preparation.getArgs()).startsWith("run", "--init-only", "--addresses=capture");
        assertThat(preparation.getImage()).isEqualTo(container(daemonSet(name)).getImage());
        assertThat(preparation.getImagePullPolicy())
                .isEqualTo(container(daemonSet(name)).getImagePullPolicy());
        assertThat(preparation.getSecurityContext().getPrivileged()).isTrue();
        assertThat(preparation.getSecurityContext().getRunAsUser()).isZero();
        assertThat(preparation.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {REPLACE, BESIDE, KIND})
    void whatIsServedIsKeptWhereTheAgentsUserMayWriteAndTheNextPodFindsIt(String name) throws Exception {
        String path = "/run/kubeferry";
        Container agent = container(daemonSet(name));
        assertThat(agent.getArgs()).contains("--state-dir=" + path);
        Container maker = initContainer(daemonSet(name), "state-dir");
        assertThat(maker.getCommand())
                .containsExactly("install", "--directory", "--mode=0700", "--owner=65532", "--group=65532", path);
        assertThat(maker.getImagePullPolicy()).isEqualTo(agent.getImagePullPolicy());
        assertThat(maker.getSecurityContext().getPrivileged()).isNull();
        assertThat(maker.getSecurityContext().getCapabilities().getAdd()).containsExactly("CHOWN", "FOWNER");
        for (Container each : List.of(agent, maker)) {
            assertThat(each.getVolumeMounts()).anySatisfy(mount -> {
                assertThat(mount.getName()).isEqualTo("state");
                assertThat(mount.getMountPath()).isEqualTo(path);
            });
        }
        assertThat(daemonSet(name).getSpec().getTemplate().getSpec().getVolumes())
                .filteredOn(volume -> volume.getName().equals("state"))
                .singleElement()
                .satisfies(volume -> assertThat(volume.getHostPath().getPath()).isEqualTo(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {REPLACE, BESIDE, KIND})
    void drainEndsBeforeTheKubeletKills(String name) throws Exception {
        String drain = container(daemonSet(name)).getArgs().stream()
                .filter(word -> word.startsWith("--drain-timeout="))
                .findFirst()
                .orElseThrow();
        long seconds = Long.parseLong(drain.replaceAll("^--drain-timeout=(\\d+)s$", "$1"));
        // Some seconds more, for the end of what is not a connection.
        assertThat(daemonSet(name).getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds())
                .isGreaterThanOrEqualTo(seconds + 10);
    }

    @ParameterizedTest
    @ValueSource(strings = {REPLACE, BESIDE, KIND})
    void rightsAreKubeProxysRole(String name) throws Exception {
        Overlay overlay = overlay(name);
        ServiceAccount account = overlay.only(ServiceAccount.class);
        ClusterRoleBinding binding = overlay.only(ClusterRoleBinding.class);
        assertThat(overlay.objects()).hasSize(3);
        assertThat(binding.getRoleRef().getKind()).isEqualTo("ClusterRole");
        assertThat(binding.getRoleRef().getName()).isEqualTo("system:node-proxier");
        assertThat(binding.getSubjects()).singleElement().satisfies(subject -> {
            assertThat(subject.getKind()).isEqualTo("ServiceAccount");
            assertThat(subject.getName()).isEqualTo(account.getMetadata().getName());
            assertThat(subject.getNamespace()).isEqualTo(account.getMetadata().getNamespace());
        });
        assertThat(daemonSet(name).getSpec().getTemplate().getSpec().getServiceAccountName())
                .isEqualTo(account.getMetadata().getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {REPLACE, BESIDE, KIND})
    void apiServerIsWhereTheConfigMapSays(String name) throws Exception {
        Map<String, EnvVar> environment = container(daemonSet(name)).getEnv().stream()
                .collect(Collectors.toMap(EnvVar::getName, variable -> variable));
        assertThat(configMapKey(environment, "KUBERNETES_SERVICE_HOST")).isEqualTo("kubeferry-api-server/host");
        assertThat(configMapKey(environment, "KUBERNETES_SERVICE_PORT")).isEqualTo("kubeferry-api-server/port");
    }

    @Test
    void kindTakesTheImageThatWasLoadedAndNoOther() throws Exception {
        assertThat(container(daemonSet(KIND)).getImagePullPolicy()).isEqualTo("Never");
        assertThat(container(daemonSet(KIND)).getImage()).isEqualTo("kubeferry:dev");
    }

    @ParameterizedTest
    @ValueSource(strings = {REPLACE, BESIDE, KIND})
    void componentForIoUringAsksForItAndForTheProfileThatAllowsIt(String name) throws Exception {
        JsonNode patch = StrictReader.tree(Files.readString(DEPLOY.resolve("components/io-uring/transport.yaml")));
        JsonNode plain = StrictReader.tree(new KubernetesSerialization().asYaml(daemonSet(name)));
        DaemonSet patched = (DaemonSet) StrictReader.read(JsonPatch.apply(patch, plain));
        SeccompProfile profile =
                patched.getSpec().getTemplate().getSpec().getSecurityContext().getSeccompProfile();
        assertThat(profile.getType()).isEqualTo("Localhost");
        assertThat(profile.getLocalhostProfile()).isEqualTo("kubeferry.json");
        assertThat(container(patched).getArgs())
                .startsWith(container(daemonSet(name)).getArgs().toArray(String[]::new))
                .endsWith("--transport=io_uring");
    }

    @Test
    void dashboardIsAConfigMapThatGrafanasSidecarFinds() throws Exception {
        ConfigMap dashboard = Overlay.build("grafana", folder).only(ConfigMap.class);
        assertThat(dashboard.getMetadata().getName()).isEqualTo("kubeferry-dashboard");
        assertThat(dashboard.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1");
        assertThat(dashboard.getData())
                .containsExactly(
                        Map.entry("kubeferry.json", Files.readString(DEPLOY.resolve("grafana/kubeferry.json"))));
    }

    @Test
    void sampleOfKindShowsTheClientsAddressToItsPods() throws Exception {
        String[] documents =
                Files.readString(DEPLOY.resolve("kind/sample.yaml")).split("\n---\n");
        Deployment pods = (Deployment) StrictReader.read(documents[0]);
        Service service = (Service) StrictReader.read(documents[1]);
        assertThat(service.getSpec().getType()).isEqualTo("NodePort");
        assertThat(service.getSpec().getExternalTrafficPolicy()).isEqualTo("Local");
        assertThat(pods.getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(service.getSpec().getSelector());
    }

    @ParameterizedTest
    @ValueSource(strings = {"  hostNetwrk: true", "  containers: [{name: a, securityContext: {readOnly: true}}]"})
    void fieldsThatKubernetesDoesNotKnowAreFound(String line) {
        String pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n" + line;
        assertThatThrownBy(() -> StrictReader.read(pod)).isInstanceOf(UnrecognizedPropertyException.class);
    }

    private static String configMapKey(Map<String, EnvVar> environment, String variable) {
        return Optional.ofNullable(environment.get(variable))
                .map(entry -> entry.getValueFrom().getConfigMapKeyRef())
                .map(reference -> reference.getName() + "/" + reference.getKey())
                .orElse("");
    }

    private Map<String, Integer> ports(String name) throws Exception {
        return Map.of("health", port(name, "--healthz-bind-address"), "metrics", port(name, "--metrics-bind-address"));
    }

    private int port(String name, String flag) throws Exception {
        String argument = container(daemonSet(name)).getArgs().stream()
                .filter(word -> word.startsWith(flag + "=0.0.0.0:"))
                .findFirst()
                .orElseThrow();
        return Integer.parseInt(argument.substring(argument.lastIndexOf(':') + 1));
    }

    private DaemonSet daemonSet(String name) throws Exception {
        return overlay(name).only(DaemonSet.class);
    }

    private Overlay overlay(String name) throws IOException, InterruptedException {
        return Overlay.build("overlays/" + name, Files.createTempDirectory(folder, name));
    }

    private static Container preparation(DaemonSet daemonSet) {
        return initContainer(daemonSet, "sysctls");
    }

    private static Container initContainer(DaemonSet daemonSet, String name) {
        List<Container> all = daemonSet.getSpec().getTemplate().getSpec().getInitContainers();
        assertThat(all).extracting(Container::getName).containsExactly("sysctls", "state-dir");
        return all.stream()
                .filter(container -> container.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Container container(DaemonSet daemonSet) {
        List<Container> all = daemonSet.getSpec().getTemplate().getSpec().getContainers();
        assertThat(all).hasSize(1);
        return all.getFirst();
    }
}
