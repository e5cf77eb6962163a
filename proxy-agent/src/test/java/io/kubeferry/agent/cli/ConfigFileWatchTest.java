package io.kubeferry.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.Await;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConfigFileWatchTest {
    private final MadeUpFile file = new MadeUpFile();
    private final AtomicInteger changes = new AtomicInteger();
    private final ConfigFileWatch watch =
            ConfigFileWatch.of(Path.of("config.conf"), file, changes::incrementAndGet, Duration.ofMillis(1));

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void aFileThatIsAwayOrWrittenAnewWithTheSameContentHasNotChanged() throws Exception {
        awaitLooks();
        file.content = Optional.empty();
        awaitLooks();
        file.content = Optional.of(new String("mode: iptables".toCharArray()));
        awaitLooks();
        assertThat(watch.hasChanged()).isFalse();
        assertThat(changes).hasValue(0);
    }

    @Test
    void aChangeIsToldOnce() throws Exception {
        file.content = Optional.of("mode: nftables");
        Await.until(() -> changes.get() > 0);
        assertThat(watch.hasChanged()).isTrue();
        file.content = Optional.of("mode: ipvs");
        assertThat(changes).hasValue(1);
    }

    private void awaitLooks() throws Exception {
        int seen = file.looks.get();
        Await.until(() -> file.looks.get() > seen + 2);
    }

    private static final class MadeUpFile implements Environment {
        private final AtomicInteger looks = new AtomicInteger();
        private volatile Optional<String> content = Optional.of("mode: iptables");

        @Override
        public String read(Path path) throws IOException {
            looks.incrementAndGet();
            return content.orElseThrow(() -> new NoSuchFileException(path.toString()));
        }

        @Override
        public Optional<String> variable(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<String> hostName() {
            return Optional.empty();
        }

        @Override
        public boolean isFolder(Path path) {
            return false;
        }
    }
}
