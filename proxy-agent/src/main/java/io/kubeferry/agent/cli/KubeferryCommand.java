package io.kubeferry.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code kubeferry} itself. Main thread only. */
@Command(
        name = "kubeferry",
        mixinStandardHelpOptions = true,
        versionProvider = KubeferryVersion.class,
        description = "Carries the connections of Kubernetes Services to their pods, in user space.")
public final class KubeferryCommand {
    /** Runs kubeferry as {@code arguments} say, and returns the exit code. */
    public static int execute(String... arguments) {
        return new CommandLine(new KubeferryCommand()).execute(arguments);
    }
}
