package io.kubeferry.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts for kind, on a machine that has nothing for them, and with stand-ins that answer as a cluster does. */
class KindScriptsIT {
    private static final Path KIND = Path.of(System.getProperty("kubeferry.deploy"), "kind");
    private static final String LABEL =
            "label service kubeferry-sample service.kubernetes.io/service-proxy-name=kubeferry";
    private static final String FROM_POD =
            "exec deployment/kubeferry-sample -- curl -sSf --max-time 5 -o /dev/null http://10.96.1.2/clientip";
    private static final String FROM_HERE = "http://172.18.0.2:30080/clientip";

    /** What 'up' asks the cluster for, in a cluster where all is well. Each notes how it was called. */
    private static final Map<String, String> STANDINS = Map.of(
            "docker", "",
            "kind", """
                    case "$*" in 'get kubeconfig'*) echo '    server: https://kubeferry-control-plane:6443' ;; esac
                    """,
            "kubectl", """
                    case "$*" in
                      *'kubeferry status') echo "$SERVED 10.96.1.2:80 +1  2" ;;
                      *'-- curl'*) exit "$POD_EXIT" ;;
                      *.spec.clusterIP*) printf 10.96.1.2 ;;
                      *nodePort*) printf 30080 ;;
                      *InternalIP*) printf 172.18.0.2 ;;
                    esac
                    """,
            "curl", """
                    echo "$SEEN:40001 172.18.0.1"; exit "$HERE_EXIT"
                    """,
            "sleep", "");

    @TempDir
    private Path folder;

    private final Map<String, String> cluster = new HashMap<>(
            Map.of("SERVED", "default/kubeferry-sample:http", "POD_EXIT", "0", "SEEN", "172.18.0.1", "HERE_EXIT", "0"));

    @ParameterizedTest
    @CsvSource({"up, docker kind kubectl curl", "down, docker kind"})
    void missingCommandsAreNamed(String script, String missing) throws Exception {
        Ended ended = run(Map.of("PATH", folder.toString()), script);
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output()).isEqualTo("missing on this machine: " + missing + "\n");
    }

    @Test
    void upAsksFromAPodAndFromThisMachine() throws Exception {
        Ended up = up("beside");
        assertThat(up.exitCode()).as(up.output()).isZero();
        assertThat(calls())
                .anyMatch(call -> call.endsWith("overlays/kind"))
                .anyMatch(call -> call.endsWith("--from-literal=host=kubeferry-control-plane --from-literal=port=6443"))
                .anyMatch(call -> call.endsWith(LABEL))
                .anyMatch(call -> call.startsWith("kubectl ") && call.endsWith(FROM_POD))
                .anyMatch(call -> call.startsWith("curl ") && call.endsWith(FROM_HERE));
        assertThat(up.output()).contains("from a pod          http://10.96.1.2/clientip");
        assertThat(up.output()).contains(FROM_HERE + ", and the pod saw this machine's address, 172.18.0.1");
    }

    @Test
    void withoutKubeProxyTheSampleNeedsNoLabel() throws Exception {
        Ended up = up("none");
        assertThat(up.exitCode()).as(up.output()).isZero();
        assertThat(calls()).anyMatch(call -> call.endsWith("overlays/replace")).noneMatch(call -> call.endsWith(LABEL));
    }

    @ParameterizedTest
    @CsvSource({
        "SERVED, default/another:http, The agent does not serve the Service kubeferry-sample.",
        "POD_EXIT, 7, A pod gets no answer from http://10.96.1.2/clientip.",
        "HERE_EXIT, 28, This machine gets no answer from http://172.18.0.2:30080/clientip.",
        "SEEN, 172.18.0.2, 'the pod saw 172.18.0.2 instead of this machine''s address, 172.18.0.1.'"
    })
    void upFailsWithASentenceWhereTheSampleDoesNotAnswerAsItShould(String what, String is, String sentence)
            throws Exception {
        cluster.put(what, is);
        Ended up = up("beside");
        assertThat(up.exitCode()).isEqualTo(1);
        assertThat(up.output()).contains(sentence + " ").doesNotContain("served by kubeferry");
    }

    private Ended up(String variant) throws Exception {
        for (Map.Entry<String, String> standin : STANDINS.entrySet()) {
            Path file = folder.resolve(standin.getKey());
            Files.writeString(file, "#!/bin/bash\necho \"${0##*/} $*\" >>\"${0%/*}/calls\"\n" + standin.getValue());
            assertThat(file.toFile().setExecutable(true)).isTrue();
        }
        cluster.put("PATH", folder + ":/usr/bin:/bin");
        return run(cluster, "up", variant);
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(folder.resolve("calls"));
    }

    private static Ended run(Map<String, String> environment, String script, String... arguments) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder("/bin/bash", KIND.resolve(script).toString());
        builder.command().addAll(List.of(arguments));
        builder.redirectErrorStream(true).environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private record Ended(int exitCode, String output) {}
}
