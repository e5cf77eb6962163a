package io.kubeferry.it.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The alert rules, tried by Prometheus' own tool. */
class AlertRulesIT {
    private static final Path RULES = Path.of(System.getProperty("kubeferry.deploy"), "prometheus", "rules.yaml");
    private static final Path TESTS = Path.of(System.getProperty("kubeferry.deploy"), "prometheus", "rules.test.yaml");
    private static final Path README =
            Path.of(System.getProperty("kubeferry.deploy")).resolveSibling("README.md");
    private static final Pattern ALERT = Pattern.compile("(?m)^ +- alert: (\\w+)$");
    private static final Pattern METRIC = Pattern.compile("\\b(?:kubeferry|kubeproxy|process)_[a-z_]+");

    @Test
    void rulesAreWellFormedAndFireWhereTheyShould() throws Exception {
        assumeTrue(RunningPrometheus.isInstalled(), "skipped: there is no promtool on the PATH");
        assertThat(promtool("check", "rules", RULES.toString())).contains("SUCCESS");
        assertThat(promtool("test", "rules", TESTS.toString())).contains("SUCCESS");
    }

    @Test
    void everyAlertHasATest() throws Exception {
        String tests = Files.readString(TESTS);
        List<String> alerts = ALERT.matcher(Files.readString(RULES))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(alerts)
                .hasSizeGreaterThan(10)
                .allSatisfy(alert -> assertThat(tests).contains("alertname: " + alert + "\n"));
    }

    @Test
    void rulesUseMetricsThatThereAre() throws Exception {
        String readme = Files.readString(README);
        assertThat(METRIC.matcher(Files.readString(RULES)).results().map(match -> match.group()))
                .isNotEmpty()
                .allSatisfy(metric -> assertThat(readme).contains("`" + metric.replaceFirst("_bucket$", "") + "`"));
    }

    private static String promtool(String... arguments) throws Exception {
        Process process = new ProcessBuilder(List.of("promtool", arguments[0], arguments[1], arguments[2]))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
