package io.kubeferry.agent.cli;

import io.kubeferry.agent.options.InvalidOption;
import io.kubeferry.agent.options.KubeProxyConfig;
import io.kubeferry.agent.options.KubeProxyOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command {@code kubeferry}: reads the command line, sets up the log, and hands over to the {@link Work}. What the
 * user did wrong is one sentence on {@code err}. Main thread only.
 */
final class KubeferryCommand {
    private final Work work;
    private final Environment environment;
    private final PrintStream out;
    private final PrintStream err;

    KubeferryCommand(Work work, Environment environment, PrintStream out, PrintStream err) {
        this.work = work;
        this.environment = environment;
        this.out = out;
        this.err = err;
    }

    /** Does as {@code words} say, and returns an exit code of {@link ExitCode}. */
    int execute(String... words) {
        List<String> normalized = Arguments.normalize(List.of(words));
        work.anticipate(Foresight.of(normalized));
        try {
            ParseResult parsed = CommandLines.createFor(normalized).parseArgs(normalized.toArray(String[]::new));
            if (printsHelp(parsed)) {
                return ExitCode.OK;
            }
            return execute(parsed.subcommand());
        } catch (ParameterException failure) {
            return usage(UsageSentence.of(failure), failure.getCommandLine());
        }
    }

    private boolean printsHelp(ParseResult parsed) {
        CommandLine asked = parsed.asCommandLineList().getLast();
        if (asked.isUsageHelpRequested()) {
            asked.usage(out);
        } else if (asked.isVersionHelpRequested()) {
            asked.printVersionHelp(out);
        }
        return asked.isUsageHelpRequested() || asked.isVersionHelpRequested();
    }

    private int execute(ParseResult parsed) {
        GivenFlags given = new GivenFlags(parsed);
        try {
            CommandName command = CommandName.of(parsed.commandSpec().name()).orElseThrow();
            Instructions instructions = new InstructionsReader(environment).read(given);
            Logging.set(instructions.log());
            report(instructions);
            return switch (command) {
                case RUN -> run(given, instructions);
                case DEMO ->
                    work.demo(
                            instructions.options(),
                            given.isTrue(Flag.ONCE) ? DemoLength.ONCE : DemoLength.UNTIL_INTERRUPTED,
                            out);
                case PLAN ->
                    work.plan(
                            instructions.options(), given.choice(Flag.OUTPUT, PlanFormat.class, PlanFormat.TEXT), out);
                case CLEANUP -> work.cleanup(instructions.options(), out, err);
                case STATUS -> work.status(question(given, instructions), out, err);
                case TOP ->
                    work.top(
                            agent(instructions),
                            given.isTrue(Flag.ONCE) ? Repetition.ONCE : Repetition.UNTIL_INTERRUPTED,
                            out,
                            err);
            };
        } catch (InvalidOption invalid) {
            return usage(invalid.sentence(), parsed.commandSpec().commandLine());
        } catch (Exception failure) {
            log().error("{} failed", parsed.commandSpec().name(), failure);
            return ExitCode.FAILURE;
        }
    }

    private static StatusQuestion question(GivenFlags given, Instructions instructions) {
        return new StatusQuestion(
                agent(instructions),
                given.word(),
                given.choice(Flag.OUTPUT, StatusFormat.class, StatusFormat.TEXT),
                given.isTrue(Flag.WATCH) ? Repetition.UNTIL_INTERRUPTED : Repetition.ONCE);
    }

    private static InetSocketAddress agent(Instructions instructions) {
        return instructions
                .options()
                .http()
                .status()
                .orElseThrow(() -> new InvalidOption(Flag.STATUS_BIND_ADDRESS.flag(), "", "the address of an agent"));
    }

    private int run(GivenFlags given, Instructions instructions) throws Exception {
        if (given.isGiven(Flag.WRITE_CONFIG_TO)) {
            return write(
                    instructions.options().kubeProxyConfig(),
                    given.text(Flag.WRITE_CONFIG_TO).orElseThrow());
        }
        if (given.isTrue(Flag.CLEANUP)) {
            return work.cleanup(instructions.options(), out, err);
        }
        if (given.isTrue(Flag.INIT_ONLY)) {
            return work.prepare(instructions.options(), out, err);
        }
        return work.run(
                instructions.options(),
                given.text(Flag.CONFIG).filter(name -> !name.isEmpty()).map(Path::of));
    }

    private static int write(KubeProxyConfig config, String file) {
        try {
            Files.writeString(Path.of(file), config.toYaml());
        } catch (IOException failure) {
            throw new InvalidOption(Flag.WRITE_CONFIG_TO.flag(), file, "a file that can be written");
        }
        log().info("wrote the configuration file={}", file);
        return ExitCode.OK;
    }

    private static void report(Instructions instructions) {
        if (!instructions.unknownFields().isEmpty()) {
            log().warn("ignored unknown fields of the configuration file: {}", list(instructions.unknownFields()));
        }
        if (!instructions.overruledFlags().isEmpty()) {
            log().warn("ignored flags that the configuration file overrules: {}", list(instructions.overruledFlags()));
        }
        if (!instructions.ignoredFlags().isEmpty()) {
            log().info("ignored kube-proxy flags: {}", list(instructions.ignoredFlags()));
        }
        KubeProxyConfig config = instructions.options().kubeProxyConfig();
        if (!KubeProxyOptions.detectsPodsByCidr(config)) {
            log().warn(
                            "pods count as outsiders, because only ClusterCIDR tells them apart here detectLocalMode={}",
                            config.text("detectLocalMode"));
        }
    }

    private int usage(String sentence, CommandLine commandLine) {
        String name = commandLine.getCommandSpec().qualifiedName();
        err.println(sentence + ". See: " + name + " --help");
        return ExitCode.USAGE;
    }

    private static String list(List<String> names) {
        return String.join(", ", names);
    }

    /** Found late: {@code --help} and the like need no log. */
    private static Logger log() {
        return LoggerFactory.getLogger(KubeferryCommand.class);
    }
}
