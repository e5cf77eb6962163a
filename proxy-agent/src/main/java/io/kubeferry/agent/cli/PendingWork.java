package io.kubeferry.agent.cli;

import io.kubeferry.agent.options.AgentOptions;
import java.io.PrintStream;

/** Stands in for the agent until that is there: says so, and fails. */
final class PendingWork implements Work {
    private final PrintStream err;

    PendingWork(PrintStream err) {
        this.err = err;
    }

    @Override
    public int run(AgentOptions options) {
        return refuse("run");
    }

    @Override
    public int demo(AgentOptions options, DemoLength length, PrintStream out) {
        return refuse("demo");
    }

    @Override
    public int plan(AgentOptions options, PlanFormat format, PrintStream out) {
        return refuse("plan");
    }

    private int refuse(String command) {
        err.println("kubeferry: " + command + " does not work yet");
        return ExitCode.FAILURE;
    }
}
