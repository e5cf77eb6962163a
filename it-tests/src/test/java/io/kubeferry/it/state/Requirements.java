package io.kubeferry.it.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What some of these tests need of the machine. In CI they must have it; elsewhere they are skipped. */
final class Requirements {
    private Requirements() {}

    static void root() {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (System.getenv("CI") != null) {
            assertThat(root).as("root in CI").isTrue();
        }
        assumeTrue(root, "needs root, for another user's files and for mounting");
    }
}
