package io.kubeferry.agent.cli;

import io.kubeferry.agent.EarlyLoading;
import io.kubeferry.agent.options.AgentOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A kubeferry at a terminal of its own: the work is only written down, and files and variables are made up. */
final class Console {
    final Map<String, String> variables = new HashMap<>();
    final Map<Path, String> files = new HashMap<>();
    Set<EarlyLoading.Part> anticipated = Set.of();
    Optional<AgentOptions> worked = Optional.empty();
    String command = "";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    int execute(String... words) {
        return new KubeferryCommand(new Notebook(), new MadeUpEnvironment(), stream(out), stream(err)).execute(words);
    }

    /** The options that this command line comes to. */
    AgentOptions options(String... words) {
        int exitCode = execute(words);
        return worked.orElseThrow(() -> new AssertionError("exit code " + exitCode + ": " + err()));
    }

    /** What the parser and the reader make of it, without doing it. */
    Instructions instructions(String... words) {
        String[] normalized = Arguments.normalize(List.of(words)).toArray(String[]::new);
        return new InstructionsReader(new MadeUpEnvironment())
                .read(new GivenFlags(CommandLines.create().parseArgs(normalized).subcommand()));
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private final class Notebook implements Work {
        @Override
        public void anticipate(Set<EarlyLoading.Part> parts) {
            anticipated = parts;
        }

        @Override
        public int run(AgentOptions options, Optional<Path> configFile) {
            return write("run", options);
        }

        @Override
        public int demo(AgentOptions options, DemoLength length, PrintStream out) {
            return write("demo " + length, options);
        }

        @Override
        public int plan(AgentOptions options, PlanFormat format, PrintStream out) {
            return write("plan " + format, options);
        }

        @Override
        public int cleanup(AgentOptions options, PrintStream out, PrintStream err) {
            return write("cleanup", options);
        }

        @Override
        public int prepare(AgentOptions options, PrintStream out, PrintStream err) {
            return write("prepare", options);
        }

        @Override
        public int status(StatusQuestion question, PrintStream out, PrintStream err) {
            command = "status " + question.format()
                    + question.service().map(" "::concat).orElse("") + " " + question.repetition();
            return ExitCode.OK;
        }

        @Override
        public int top(InetSocketAddress agent, Repetition repetition, PrintStream out, PrintStream err) {
            command = "top " + repetition + " " + agent;
            return ExitCode.OK;
        }

        private int write(String name, AgentOptions options) {
            command = name;
            worked = Optional.of(options);
            return ExitCode.OK;
        }
    }

    private final class MadeUpEnvironment implements Environment {
        @Override
        public Optional<String> variable(String name) {
            return Optional.ofNullable(variables.get(name));
        }

        @Override
        public Optional<String> hostName() {
            return Optional.of("Host-1");
        }

        @Override
        public String read(Path file) throws IOException {
            String content = files.get(file);
            if (content == null) {
                throw new NoSuchFileException(file.toString());
            }
            return content;
        }

        @Override
        public boolean isFolder(Path path) {
            return path.equals(Path.of("folder"));
        }
    }
}
