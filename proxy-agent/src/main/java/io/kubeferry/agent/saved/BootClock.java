package io.kubeferry.agent.saved;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Tells moments by the boot of the kernel and the time since. Thread-safe; every call looks anew. Linux only.
 *
 * <p>{@code /proc/uptime} is the kernel's CLOCK_BOOTTIME; the clock of {@link System#nanoTime} does not run while the machine
 * sleeps, and has no zero that two processes share.
 */
public final class BootClock {
    private static final int MILLI_DIGITS = 3;

    private final Path proc;
    private final InstantSource wall;

    BootClock(Path proc, InstantSource wall) {
        this.proc = proc;
        this.wall = wall;
    }

    /** That of this machine. */
    public static BootClock system() {
        return new BootClock(Path.of("/proc"), InstantSource.system());
    }

    /**
     * Now.
     *
     * @throws IOException if this system does not tell
     */
    public SavedState.Moment now() throws IOException {
        String bootId =
                Files.readString(proc.resolve("sys/kernel/random/boot_id")).trim();
        String uptime = Files.readString(proc.resolve("uptime")).trim().split(" ", 2)[0];
        try {
            return new SavedState.Moment(
                    bootId,
                    Duration.ofMillis(
                            new BigDecimal(uptime).movePointRight(MILLI_DIGITS).longValue()),
                    wall.instant());
        } catch (NumberFormatException nonsense) {
            throw new IOException(proc.resolve("uptime") + ": " + uptime + " (expected: seconds)", nonsense);
        }
    }
}
