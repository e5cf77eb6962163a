package io.kubeferry.agent.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the file of {@code --config} says something else than at the start. Nothing is taken over while the
 * process runs: as with kube-proxy it ends with an error, and whoever started it starts it again (kube-proxy:
 * {@code cmd/kube-proxy/app/options.go}).
 *
 * <p>The content counts, looked at once a second: that sees every way of changing a file, mounted ConfigMaps too. A file
 * that is away or cannot be read says nothing.
 *
 * <p>Threading: a thread of its own looks; the rest is for the main thread.
 */
final class ConfigFileWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigFileWatch.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Path file;
    private final Environment environment;
    private final Runnable onChange;
    private final Duration pause;
    private final Optional<String> before;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean changed;

    private ConfigFileWatch(Path file, Environment environment, Runnable onChange, Duration pause) {
        this.file = file;
        this.environment = environment;
        this.onChange = onChange;
        this.pause = pause;
        this.before = content();
    }

    /** Begins to look at {@code file}, and calls {@code onChange} once when it has changed. */
    static ConfigFileWatch of(Path file, Environment environment, Runnable onChange) {
        return of(file, environment, onChange, PAUSE);
    }

    static ConfigFileWatch of(Path file, Environment environment, Runnable onChange, Duration pause) {
        ConfigFileWatch watch = new ConfigFileWatch(file, environment, onChange, pause);
        Thread.ofPlatform().daemon().name("config-file").start(watch::look);
        return watch;
    }

    /** Whether it has changed. */
    boolean hasChanged() {
        return changed;
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void look() {
        try {
            while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                Optional<String> now = content();
                if (now.isPresent() && !now.equals(before)) {
                    LOG.error(
                            "the configuration has changed, this process ends to be started again with it file={}",
                            file);
                    changed = true;
                    onChange.run();
                    return;
                }
            }
        } catch (InterruptedException alsoAnEnd) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<String> content() {
        try {
            return Optional.of(environment.read(file));
        } catch (IOException away) {
            return Optional.empty();
        }
    }
}
