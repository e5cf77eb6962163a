package io.kubeferry.it.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.kubeferry.core.testing.Await;
import io.kubeferry.it.apiserver.ControlPlane;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real API server would create every object of the overlays, and finds nothing in them to warn of. */
class ApiServerTakesOverlaysIT {
    @TempDir
    private static Path folder;

    private static ControlPlane controlPlane;
    private static KubernetesClient admin;

    @BeforeAll
    static void start() throws Exception {
        controlPlane = ControlPlane.start(folder);
        admin = controlPlane.admin();
        Await.until(() -> admin.namespaces().withName("kube-system").get() != null);
    }

    @AfterAll
    static void stop() throws Exception {
        if (admin != null) {
            admin.close();
        }
        if (controlPlane != null) {
            controlPlane.stop();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"replace", "beside", "kind"})
    void everyObjectIsTaken(String name, @TempDir Path scratch) throws Exception {
        for (HasMetadata object : Overlay.build("overlays/" + name, scratch).objects()) {
            HasMetadata created = admin.resource(object)
                    .dryRun()
                    .fieldValidation(Validation.STRICT)
                    .create();
            assertThat(created.getMetadata().getUid()).as(object.getKind()).isNotBlank();
        }
    }
}
