package io.kubeferry.agent.cli;

import io.kubeferry.agent.Agent;
import io.kubeferry.agent.AgentStartException;
import io.kubeferry.agent.StopSignal;
import io.kubeferry.agent.demo.Demo;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.plan.PlanDocument;
import io.kubeferry.agent.plan.PlanJson;
import io.kubeferry.agent.plan.PlanReader;
import io.kubeferry.agent.plan.PlanText;
import java.io.PrintStream;
import org.slf4j.LoggerFactory;

/** Hands the commands over to the agent. Main thread only. */
final class AgentWork implements Work {
    private final String version;

    AgentWork(String version) {
        this.version = version;
    }

    @Override
    public int run(AgentOptions options) {
        StopSignal stop = StopSignal.install();
        try {
            Agent agent = Agent.start(options, version);
            stop.await();
            agent.drain();
            return ExitCode.OK;
        } catch (AgentStartException unusable) {
            return refuse(unusable);
        }
    }

    @Override
    public int demo(AgentOptions options, DemoLength length, PrintStream out) throws Exception {
        Demo demo = new Demo(options, version, out);
        try {
            boolean passed = switch (length) {
                case ONCE -> demo.once();
                case UNTIL_INTERRUPTED -> demo.untilStopped(StopSignal.install());
            };
            return passed ? ExitCode.OK : ExitCode.FAILURE;
        } catch (AgentStartException unusable) {
            return refuse(unusable);
        }
    }

    @Override
    public int plan(AgentOptions options, PlanFormat format, PrintStream out) throws Exception {
        try {
            PlanDocument plan = new PlanReader(options).read();
            out.println(
                    switch (format) {
                        case TEXT -> PlanText.of(plan).stripTrailing();
                        case JSON -> PlanJson.of(plan);
                    });
            return ExitCode.OK;
        } catch (AgentStartException unusable) {
            return refuse(unusable);
        }
    }

    private static int refuse(AgentStartException unusable) {
        LoggerFactory.getLogger(AgentWork.class).error("cannot start: {}", unusable.getMessage());
        return ExitCode.FAILURE;
    }
}
