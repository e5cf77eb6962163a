package io.kubeferry.agent.watch.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TokenSourceTest {
    private Instant now = Instant.EPOCH;
    private String content = "first";
    private boolean readable = true;

    @Test
    void aTokenThatWasRotatedIsReadWithinAMinuteOrSo() throws Exception {
        TokenSource source = new TokenSource(this::read, () -> now);
        content = "second\n";
        now = now.plus(Duration.ofMinutes(1));
        assertThat(source.getToken()).as("it is fresh").isEqualTo("first");
        now = now.plusMillis(1);
        assertThat(source.getToken()).isEqualTo("second");
    }

    @Test
    void whileItCannotBeReadOrIsNoneTheLastOneStaysInUse() throws Exception {
        TokenSource source = new TokenSource(this::read, () -> now);
        readable = false;
        now = now.plus(Duration.ofMinutes(2));
        assertThat(source.getToken()).isEqualTo("first");
        readable = true;
        content = "half a\nline";
        now = now.plus(Duration.ofMinutes(2));
        assertThat(source.getToken()).isEqualTo("first");
        content = "third";
        now = now.plus(Duration.ofMinutes(2));
        assertThat(source.getToken()).isEqualTo("third");
    }

    @Test
    void withoutAnyTokenThereIsNoStart() {
        readable = false;
        assertThatThrownBy(() -> new TokenSource(this::read, () -> now)).hasMessage("token file cannot be read");
    }

    private String read() throws UnusableKubeconfigException {
        if (!readable) {
            throw new UnusableKubeconfigException("token file cannot be read");
        }
        return content;
    }
}
