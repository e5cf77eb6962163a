package io.kubeferry.it.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Programs of this machine. */
public final class Commands {
    private Commands() {}

    /** Runs a program that must succeed, and returns what it says. */
    public static String run(String... words) throws IOException {
        return runWithInput("", words);
    }

    /** As {@link #run}, with {@code input}. */
    public static String runWithInput(String input, String... words) throws IOException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.onExit().join().exitValue();
        if (exitCode != 0) {
            throw new AssertionError(String.join(" ", words) + " ended with " + exitCode + ": " + output + input);
        }
        return output;
    }
}
