package io.kubeferry.agent.cli;

import io.kubeferry.agent.EarlyLoading;
import io.kubeferry.agent.options.AgentOptions;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The work behind the commands. Each method ends when the work has ended, and returns an exit code of {@link ExitCode}.
 * Main thread only.
 */
interface Work {
    /** Tells what the next of the other methods will probably need, while that is still being found out. Returns at once. */
    void anticipate(Set<EarlyLoading.Part> parts);

    /** Serves until the process is told to end, or until {@code configFile} has changed, which is a failure. */
    int run(AgentOptions options, Optional<Path> configFile) throws Exception;

    /** Shows the main job on Services of its own: {@code options} without a source that counts. */
    int demo(AgentOptions options, DemoLength length, PrintStream out) throws Exception;

    /** Prints what {@link #run} would do. */
    int plan(AgentOptions options, PlanFormat format, PrintStream out) throws Exception;

    /** Removes what {@link #run} left on the host. */
    int cleanup(AgentOptions options, PrintStream out, PrintStream err) throws Exception;

    /** Brings the host's settings to what {@link #run} needs, and prints them. */
    int prepare(AgentOptions options, PrintStream out, PrintStream err) throws Exception;

    /** Prints what the agent on this host serves. */
    int status(StatusQuestion question, PrintStream out, PrintStream err) throws Exception;

    /** Prints which Services are busiest on the agent at {@code agent}. */
    int top(InetSocketAddress agent, Repetition repetition, PrintStream out, PrintStream err) throws Exception;
}
