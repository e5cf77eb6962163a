package io.kubeferry.it.process;

import io.kubeferry.core.testing.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The packaged {@code kubeferry} as a process of its own, as a user starts it. Gone when closed. Test thread only. */
public final class RunningCommand implements AutoCloseable {
    private static final Path IMAGE = Path.of(System.getProperty("kubeferry.image"));
    private static final long PATIENCE_SECONDS = 60;

    private final Path output;
    private final Process process;

    private RunningCommand(Path output, Process process) {
        this.output = output;
        this.process = process;
    }

    /** Starts {@code kubeferry arguments…}. */
    public static RunningCommand start(List<String> arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    /** Starts {@code kubeferry arguments…} with {@code environment} added to an environment that names no cluster. */
    public static RunningCommand start(Map<String, String> environment, List<String> arguments) throws IOException {
        return startInside(List.of(), environment, arguments);
    }

    /** As {@link #start(Map, List)}, by a program whose {@code launcher} words come first and that becomes the process. */
    public static RunningCommand startInside(
            List<String> launcher, Map<String, String> environment, List<String> arguments) throws IOException {
        List<String> words = new ArrayList<>(launcher);
        words.add(IMAGE.resolve("bin/kubeferry").toString());
        words.addAll(arguments);
        Path output = Files.createTempFile("kubeferry-it-", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
        List.of("JAVA_HOME", "JDK_JAVA_OPTIONS", "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "NODE_NAME")
                .forEach(builder.environment()::remove);
        builder.environment().putAll(environment);
        return new RunningCommand(output, builder.start());
    }

    /** Runs {@code kubeferry arguments…} to its end. */
    public static Ended run(Map<String, String> environment, List<String> arguments) throws Exception {
        try (RunningCommand command = start(environment, arguments)) {
            int exitCode = command.exitCode();
            return new Ended(exitCode, command.output());
        }
    }

    /** What a command that has ended left behind. */
    public record Ended(int exitCode, String output) {}

    /** Everything it has said so far. */
    public String output() throws IOException {
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    /** The lines so far that have {@code part}. */
    public List<String> lines(String part) throws IOException {
        return output().lines().filter(line -> line.contains(part)).toList();
    }

    /** Returns when it has said {@code part}; fails when it ends without. */
    public void awaitOutput(String part) throws Exception {
        try {
            Await.until(() -> output().contains(part) || !process.isAlive());
        } catch (AssertionError never) {
            throw new AssertionError("it never said '" + part + "' but:\n" + output(), never);
        }
        if (!output().contains(part)) {
            throw new AssertionError("it ended without saying '" + part + "' but:\n" + output());
        }
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends a signal, as {@code kill -NAME} does. */
    public void signal(String name) throws Exception {
        int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (exit != 0) {
            throw new AssertionError("kill -" + name + " ended with " + exit);
        }
    }

    /** Waits for its end. */
    public int exitCode() throws Exception {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end, and said:\n" + output());
        }
        return process.exitValue();
    }

    /** Lets it collect garbage now. */
    public void collectGarbage() throws Exception {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        int exit = new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.run")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (exit != 0) {
            throw new AssertionError("jcmd GC.run ended with " + exit);
        }
    }

    /** How many file descriptors it has open. */
    public long openDescriptors() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return descriptors.count();
        }
    }

    /** The memory that it holds, in bytes. */
    public long residentBytes() throws IOException {
        String line = Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(entry -> entry.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) * 1_024;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.deleteIfExists(output);
    }
}
