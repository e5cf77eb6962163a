package io.kubeferry.it.capture;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests that each have a network of their own, a folder of manifests, and maybe one agent. */
abstract class OnOneNetwork {
    /** There while a test runs. */
    ClusterNetwork cluster;

    /** Ended after the test, where it has started one. */
    NodeAgent agent;

    @TempDir
    Path manifests;

    @BeforeEach
    final void makeNetwork() throws Exception {
        Requires.rootAndTools();
        cluster = new ClusterNetwork();
    }

    @AfterEach
    final void endNetwork() throws Exception {
        NodeAgent.closeAll(agent);
        if (cluster != null) {
            cluster.close();
        }
    }
}
