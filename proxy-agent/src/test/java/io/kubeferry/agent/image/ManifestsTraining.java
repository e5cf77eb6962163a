package io.kubeferry.agent.image;

import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The run that the AOT cache of starts on manifests is made of: until a first connection is carried. Nothing is asked of it by HTTP:
 * more classes than a start needs make it slower. The build runs it, not the tests.
 */
public final class ManifestsTraining {
    private ManifestsTraining() {}

    /** Has the launcher, which is named first, make the cache, which is named second. */
    public static void main(String... names) throws Exception {
        Path folder = Files.createTempDirectory("kubeferry-training-");
        Path manifest = folder.resolve("web.yaml");
        try (TestEndpoint pod = new TestEndpoint(
                InetAddress.getLoopbackAddress(),
                socket -> socket.getOutputStream().write('x'))) {
            TrainingService service = new TrainingService(pod.address());
            Files.writeString(manifest, service.service() + "---\n" + service.endpointSlice());
            Training.of(names)
                    .run(
                            service::isCarried,
                            "--manifests=" + folder,
                            "--hostname-override=" + TrainingService.NODE,
                            "--healthz-bind-address=127.0.0.1:" + FreePorts.next(),
                            "--metrics-bind-address=127.0.0.1:" + FreePorts.next(),
                            "--status-bind-address=127.0.0.1:" + FreePorts.next());
        } finally {
            Files.deleteIfExists(manifest);
            Files.delete(folder);
        }
    }
}
