package io.kubeferry.it.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeferry.it.process.RunningAgent;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The status page with ten thousand service ports. */
class LongListIT {
    private static final int SERVICES = 200;
    private static final int PORTS = 50;
    private static final int MANY_ELEMENTS = 100;

    @TempDir
    private Path folder;

    @Test
    void drawsWhatIsInViewAndFindsEverything() throws Exception {
        assumeTrue(Browser.isInstalled(), "skipped: there is no chromium on the PATH");
        Files.writeString(folder.resolve("many.yaml"), manifests());
        try (RunningAgent agent = RunningAgent.onManifests(folder);
                Browser browser = Browser.start()) {
            browser.size(1280, 800, false);
            agent.awaitOutput("HTTP server listens site=status");
            browser.open("http://" + agent.statusAddress() + "/");
            browser.await("document.getElementById('found')?.textContent === '10,000 service ports'");
            assertThat(drawn(browser)).isBetween(5, MANY_ELEMENTS);
            assertThat(browser.value("document.getElementById('services').getAttribute('aria-rowcount')")
                            .textValue())
                    .isEqualTo("10001");

            browser.value("window.scrollTo(0, document.documentElement.scrollHeight)");
            browser.await("[...document.querySelectorAll('#rows a')].some(a => a.textContent === 'it/s199:p49')");
            assertThat(drawn(browser)).isLessThan(MANY_ELEMENTS);

            browser.press("/");
            for (char letter : "s123".toCharArray()) {
                browser.press(Character.toString(letter));
            }
            browser.await("document.getElementById('found').textContent === '50 of 10,000 service ports'");
            browser.press("Enter");
            browser.press("End");
            browser.await("document.activeElement.textContent === 'it/s123:p49'");
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static int drawn(Browser browser) throws Exception {
        return browser.value("document.querySelectorAll('#rows tr:not(.space)').length")
                .intValue();
    }

    /** Services without endpoints: their addresses are refused, so that no socket is needed for any. */
    private static String manifests() {
        StringBuilder text = new StringBuilder();
        for (int service = 0; service < SERVICES; service++) {
            text.append("""
                    ---
                    apiVersion: v1
                    kind: Service
                    metadata: {name: s%d, namespace: it}
                    spec:
                      clusterIP: 10.47.17.%d
                      clusterIPs: [10.47.17.%d]
                      ports:
                    """.formatted(service, service + 1, service + 1));
            for (int port = 0; port < PORTS; port++) {
                text.append("  - {name: p%d, protocol: TCP, port: %d}\n".formatted(port, 10_000 + port));
            }
        }
        return text.toString();
    }
}
