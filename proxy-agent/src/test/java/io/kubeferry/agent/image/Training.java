package io.kubeferry.agent.image;

import io.kubeferry.core.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A run of the image that its JVM makes an AOT cache of (JEP 514). */
record Training(String launcher, String cache) {
    private static final long MINUTES_TO_END = 5;

    /** Of the launcher, which is named first, for the cache, which is named second. */
    static Training of(String... names) {
        return new Training(names[0], names[1]);
    }

    /** Runs {@code kubeferry run} with {@code flags} until {@code isDone}, and has it end. */
    void run(BooleanSupplier isDone, String... flags) throws Exception {
        List<String> command =
                Stream.concat(Stream.of(launcher, "run"), Stream.of(flags)).toList();
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("KUBEFERRY_JAVA_OPTS", "-XX:AOTCacheOutput=" + cache);
        Process agent = builder.start();
        try {
            Await.until(() -> !agent.isAlive() || isDone.getAsBoolean());
            if (!agent.isAlive()) {
                throw new IllegalStateException(command + " has ended, see above (expected: that it serves)");
            }
        } finally {
            // Its JVM makes the cache when it ends.
            agent.destroy();
            if (!agent.waitFor(MINUTES_TO_END, TimeUnit.MINUTES)) {
                agent.destroyForcibly();
            }
        }
        if (!Files.exists(Path.of(cache))) {
            throw new IllegalStateException(cache + " was not made, see above");
        }
    }
}
