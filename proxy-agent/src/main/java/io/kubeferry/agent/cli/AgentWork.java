package io.kubeferry.agent.cli;

import io.kubeferry.agent.Agent;
import io.kubeferry.agent.AgentStartException;
import io.kubeferry.agent.CannotCaptureException;
import io.kubeferry.agent.EarlyLoading;
import io.kubeferry.agent.StopSignal;
import io.kubeferry.agent.demo.Demo;
import io.kubeferry.agent.host.CaptureCleanup;
import io.kubeferry.agent.host.NodePreparation;
import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.plan.PlanDocument;
import io.kubeferry.agent.plan.PlanJson;
import io.kubeferry.agent.plan.PlanReader;
import io.kubeferry.agent.plan.PlanText;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** Hands the commands over to the agent. Main thread only. */
final class AgentWork implements Work {
    private final String version;
    private final Environment environment;

    AgentWork(String version, Environment environment) {
        this.version = version;
        this.environment = environment;
    }

    @Override
    public void anticipate(Set<EarlyLoading.Part> parts) {
        if (!parts.isEmpty()) {
            // Before a second thread may: to who comes while another sets up the log, SLF4J gives a substitute.
            var _ = LoggerFactory.getILoggerFactory();
            EarlyLoading.begin(parts);
        }
    }

    @Override
    public int run(AgentOptions options, Optional<Path> configFile) {
        StopSignal stop = StopSignal.install();
        Optional<ConfigFileWatch> watch = configFile.map(file -> ConfigFileWatch.of(file, environment, stop::ask));
        try {
            Agent agent = Agent.start(options, version);
            stop.await();
            agent.drain();
            watch.ifPresent(ConfigFileWatch::close);
            return watch.filter(ConfigFileWatch::hasChanged).isPresent() ? ExitCode.FAILURE : ExitCode.OK;
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

    @Override
    public int status(StatusQuestion question, PrintStream out, PrintStream err) throws InterruptedException {
        return new StatusWork(question.agent(), out, err).status(question);
    }

    @Override
    public int top(InetSocketAddress agent, Repetition repetition, PrintStream out, PrintStream err)
            throws InterruptedException {
        return new StatusWork(agent, out, err).top(repetition);
    }

    @Override
    public int cleanup(AgentOptions options, PrintStream out, PrintStream err) {
        CaptureCleanup.Result result =
                CaptureCleanup.onThisHost(options.addresses().mark()).run();
        result.removed().forEach(thing -> out.println("removed: " + thing));
        result.problems().forEach(err::println);
        if (result.removed().isEmpty() && result.problems().isEmpty()) {
            out.println("nothing of kubeferry is on this host");
        }
        return result.problems().isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
    }

    @Override
    public int prepare(AgentOptions options, PrintStream out, PrintStream err) {
        if (options.addresses().mode() == AddressMode.LOOPBACK) {
            out.println("nothing to set: --addresses loopback needs no sysctl");
            return ExitCode.OK;
        }
        NodePreparation.Result result = NodePreparation.onThisHost().run();
        result.settings().forEach(out::println);
        result.problems().forEach(err::println);
        return result.problems().isEmpty() ? ExitCode.OK : ExitCode.USAGE;
    }

    private static int refuse(AgentStartException unusable) {
        LoggerFactory.getLogger(AgentWork.class).error("cannot start: {}", unusable.getMessage());
        return unusable instanceof CannotCaptureException ? ExitCode.USAGE : ExitCode.FAILURE;
    }
}
