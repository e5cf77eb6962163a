package io.kubeferry.agent.host;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs as processes of their own; one that does not end in time is killed. Thread-safe. */
final class SystemCommands implements HostCommands {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int NOT_FOUND = 127;
    private static final int INTERRUPTED = 130;

    @Override
    public Outcome run(List<String> words, String input) {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        // Messages are read by this program and by people who compare them.
        builder.environment().put("LC_ALL", "C");
        Process process;
        try {
            process = builder.start();
        } catch (IOException notFound) {
            return new Outcome(NOT_FOUND, words.getFirst() + " cannot be started: " + notFound.getMessage());
        }
        Thread guard =
                Thread.ofPlatform().daemon().name("kubeferry-command-guard").start(() -> guard(process));
        try {
            // All input before any output: the programs used here read to the end first.
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException endedEarly) {
                // Its exit code and output tell why.
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException unreadable) {
            return new Outcome(NOT_FOUND, words.getFirst() + " cannot be heard: " + unreadable.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return new Outcome(INTERRUPTED, words.getFirst() + " was interrupted");
        } finally {
            guard.interrupt();
        }
    }

    private static void guard(Process process) {
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException endedInTime) {
            Thread.currentThread().interrupt();
        }
    }
}
