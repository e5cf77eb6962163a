package io.kubeferry.agent.accesslog;

import io.kubeferry.core.observe.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends to a file by its name: where somebody moved or removed the file, as {@code logrotate} does, a new one is begun.
 * Where that cannot be done, the old file goes on. Looks at the name at most once a second. Confined to one thread.
 */
final class RotatedFile implements LineSink {
    private static final Logger LOG = LoggerFactory.getLogger(RotatedFile.class);
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final Path path;
    private final Ticker ticker;
    private FileChannel output;
    /** Null where the file system has none: the file is then never begun anew. */
    private @Nullable Object key;

    private long lookedNanos;

    /** Opens {@code path}, which is made where it is not there. */
    RotatedFile(Path path, Ticker ticker) throws IOException {
        this.path = path;
        this.ticker = ticker;
        output = open(path);
        key = keyOf(path);
        lookedNanos = ticker.nanos();
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        look();
        while (bytes.hasRemaining()) {
            output.write(bytes);
        }
    }

    /** A file that was moved is let go although nothing is written, so that whoever moved it can do away with it. */
    @Override
    public void idle() throws IOException {
        look();
    }

    private void look() throws IOException {
        if (ticker.nanos() - lookedNanos >= LOOK_NANOS) {
            lookedNanos = ticker.nanos();
            reopenIfMoved();
        }
    }

    private void reopenIfMoved() throws IOException {
        if (Files.exists(path) && Objects.equals(keyOf(path), key)) {
            return;
        }
        FileChannel next;
        try {
            next = open(path);
        } catch (IOException notNow) {
            LOG.debug("access log cannot be begun anew, the old file goes on path={}", path, notNow);
            return;
        }
        output.close();
        output = next;
        key = keyOf(path);
    }

    @Override
    public void close() throws IOException {
        output.close();
    }

    private static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    private static @Nullable Object keyOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }
}
