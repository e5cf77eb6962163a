package io.kubeferry.agent.saved;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who writes the state: one process at a time, by locks on two bytes of a file, which the kernel frees when a process ends,
 * however that happens. Who holds the first byte writes. Who takes over holds the second byte while waiting for the first
 * one, and whoever writes makes way for that.
 *
 * <pre>
 *             look: place is free                     look: another one takes over
 *   WAITING ───────────────────────────▶ WRITING ────────────────────────────────────▶ GAVE_WAY
 *                                           ▲                                             │
 *                                           └─────────────────────────────────────────────┘
 *                                                look: place is free, nobody waits for it
 * </pre>
 *
 * <p>Threading: one thread at a time.
 */
final class WriterPlace implements AutoCloseable {
    private static final long WRITER = 0;
    private static final long HEIR = 1;

    /** What this process has to do with the place. */
    enum State {
        /** Another process has it; this one wants it. */
        WAITING,
        /** This one writes. */
        WRITING,
        /** Another one has taken over. */
        GAVE_WAY
    }

    private final Path path;
    private final boolean takesOver;
    private State state = State.WAITING;
    /** Null before the first look that could open the file. */
    private @Nullable FileChannel file;

    /** Held while {@link State#WRITING}. */
    private @Nullable FileLock writing;
    /** Held while this process waits for another one to make way. */
    private @Nullable FileLock waiting;

    /** The place that {@code path} stands for. Others make way for this process if it {@code takesOver}. */
    WriterPlace(Path path, boolean takesOver) {
        this.path = path;
        this.takesOver = takesOver;
    }

    State state() {
        return state;
    }

    /** Takes the place where that can be done now, and keeps it unless another process takes over. */
    State look() throws IOException {
        FileChannel channel = open();
        switch (state) {
            case WAITING -> {
                if (takesOver && waiting == null) {
                    waiting = lock(channel, HEIR);
                }
                writing = lock(channel, WRITER);
                if (writing != null) {
                    release(waiting);
                    waiting = null;
                    state = State.WRITING;
                }
            }
            case WRITING -> {
                if (isHeirWaiting(channel)) {
                    state = State.GAVE_WAY;
                }
            }
            case GAVE_WAY -> {
                writing = isHeirWaiting(channel) ? null : lock(channel, WRITER);
                if (writing != null) {
                    state = State.WRITING;
                }
            }
        }
        return state;
    }

    /** Lets others write, after the last write of a process that gave way. */
    void leave() throws IOException {
        release(writing);
        writing = null;
    }

    private FileChannel open() throws IOException {
        FileChannel opened = file;
        if (opened == null) {
            opened = FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            file = opened;
        }
        return opened;
    }

    private static boolean isHeirWaiting(FileChannel channel) throws IOException {
        FileLock heir = lock(channel, HEIR);
        release(heir);
        return heir == null;
    }

    /** Null where another one has it. */
    private static @Nullable FileLock lock(FileChannel channel, long position) throws IOException {
        try {
            return channel.tryLock(position, 1, false);
        } catch (OverlappingFileLockException anotherPlaceOfThisProcess) {
            return null;
        }
    }

    private static void release(@Nullable FileLock lock) throws IOException {
        if (lock != null) {
            lock.release();
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel opened = file;
        if (opened != null) {
            opened.close();
        }
    }
}
