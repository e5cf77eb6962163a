package io.kubeferry.it.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import org.testcontainers.DockerClientFactory;

/** Docker's engine, which these tests need. In CI they must have it; elsewhere they are skipped. */
final class DockerEngine {
    private DockerEngine() {}

    /** Skips the test where there is none. */
    static void require() {
        boolean there = DockerClientFactory.instance().isDockerAvailable();
        if (System.getenv("CI") != null) {
            assertThat(there).as("Docker's engine in CI").isTrue();
        }
        assumeTrue(there, "skipped: Docker's engine does not answer");
    }

    static DockerClient client() {
        return DockerClientFactory.instance().client();
    }
}
