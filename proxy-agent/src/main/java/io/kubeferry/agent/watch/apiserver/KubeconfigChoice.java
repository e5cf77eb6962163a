package io.kubeferry.agent.watch.apiserver;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What the user said about the API server. Immutable.
 *
 * @param kubeconfig {@code --kubeconfig}
 * @param context {@code --context}
 * @param master {@code --master}: overrides the server's URL, not the credentials
 */
public record KubeconfigChoice(Optional<Path> kubeconfig, Optional<String> context, Optional<String> master) {
    /** Nothing was said. */
    public static final KubeconfigChoice NONE =
            new KubeconfigChoice(Optional.empty(), Optional.empty(), Optional.empty());
}
