package io.kubeferry.agent.host;

import java.util.List;

/** Runs programs of this host. Thread-safe; calls block until the program has ended. */
interface HostCommands {
    /** What a program left behind: its exit code, and all it said. */
    record Outcome(int exitCode, String output) {
        boolean succeeded() {
            return exitCode == 0;
        }
    }

    /** Runs {@code words} with {@code input}. A program that does not exist has exit code 127. */
    Outcome run(List<String> words, String input);

    /** As {@link #run(List, String)} without input. */
    default Outcome run(String... words) {
        return run(List.of(words), "");
    }
}
