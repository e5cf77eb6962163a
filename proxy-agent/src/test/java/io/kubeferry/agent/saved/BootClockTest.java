package io.kubeferry.agent.saved;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootClockTest {
    @TempDir
    private Path proc;

    @Test
    void readsWhatTheKernelTells() throws Exception {
        kernel("a0b1c2\n", "12345.67 9999.99\n");
        assertThat(clock().now())
                .isEqualTo(new SavedState.Moment("a0b1c2", Duration.ofMillis(12_345_670), Instant.EPOCH));
    }

    @Test
    void aSystemThatDoesNotTellIsAFailure() throws Exception {
        assertThatThrownBy(() -> clock().now()).isInstanceOf(IOException.class);
        kernel("a0b1c2\n", "soon\n");
        assertThatThrownBy(() -> clock().now()).isInstanceOf(IOException.class).hasMessageContaining("soon");
    }

    private void kernel(String bootId, String uptime) throws IOException {
        Path random = Files.createDirectories(proc.resolve("sys/kernel/random"));
        Files.writeString(random.resolve("boot_id"), bootId);
        Files.writeString(proc.resolve("uptime"), uptime);
    }

    private BootClock clock() {
        return new BootClock(proc, () -> Instant.EPOCH);
    }
}
