package io.kubeferry.agent.saved;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The folder of {@code --state-dir} and the state file in it.
 *
 * <p>The file is always whole: it is written under another name, brought to the disk, and renamed. A process that is killed
 * meanwhile leaves the one before, and that other file for the next process to overwrite. The file says where connections
 * go, so only one is read that nobody but this user can have written.
 *
 * <p>Threading: one thread at a time.
 */
public final class StateFolder {
    static final String NAME = "state.json";
    private static final String TEMPORARY = "state.json.new";
    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> FILE = PosixFilePermissions.asFileAttribute(MODE);
    private static final FileAttribute<Set<PosixFilePermission>> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Path OWN_STATUS = Path.of("/proc/self/status");
    private static final int MODE_BITS = 0_7777;
    private static final int EFFECTIVE_UID = 2;

    private final Path folder;

    /** {@code folder}, which need not be there yet. */
    public StateFolder(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** The state file. */
    public Path file() {
        return folder.resolve(NAME);
    }

    /**
     * Reads the state file.
     *
     * @return empty where there is none
     * @throws UnusableStateException if there is one that cannot be used
     */
    public Optional<SavedState> read() throws UnusableStateException {
        try {
            Map<String, Object> attributes =
                    Files.readAttributes(file(), "unix:uid,mode,isRegularFile", LinkOption.NOFOLLOW_LINKS);
            check(attributes);
            return Optional.of(StateDecoder.decode(Files.readAllBytes(file())));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw new UnusableStateException("it cannot be read: " + FailureWords.of(unreadable));
        }
    }

    private static void check(Map<String, Object> attributes) throws UnusableStateException, IOException {
        if (!Boolean.TRUE.equals(attributes.get("isRegularFile"))) {
            throw new UnusableStateException("type", "another one", "a file");
        }
        String owner = String.valueOf(attributes.get("uid"));
        String self = ownUid();
        if (!owner.equals(self)) {
            throw new UnusableStateException("owner", "user " + owner, "user " + self + ", who this process is");
        }
        int mode = attributes.get("mode") instanceof Integer bits ? bits & MODE_BITS : 0;
        if (mode != 0_600) {
            throw new UnusableStateException("mode", "0" + Integer.toOctalString(mode), "0600");
        }
    }

    private static String ownUid() throws IOException {
        return Files.readAllLines(OWN_STATUS).stream()
                .filter(line -> line.startsWith("Uid:"))
                .map(line -> line.split("\\s+")[EFFECTIVE_UID])
                .findFirst()
                .orElseThrow(() -> new IOException(OWN_STATUS + " does not tell who this process is"));
    }

    /** Makes the folder where it is not there, for this user only. */
    public void make() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, FOLDER);
        }
    }

    /** Puts {@code state} in place of what was there, or fails and leaves that. Returns how many bytes it has. */
    int write(SavedState state) throws IOException {
        byte[] bytes = StateEncoder.encode(state);
        Path temporary = folder.resolve(TEMPORARY);
        Files.deleteIfExists(temporary);
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FILE)) {
                ByteBuffer left = ByteBuffer.wrap(bytes);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.move(temporary, file(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            forget(temporary, failure);
            throw failure;
        }
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
        return bytes.length;
    }

    /** A full disk has better things to hold than half a file. */
    private static void forget(Path temporary, IOException reason) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException alsoNot) {
            reason.addSuppressed(alsoNot);
        }
    }

    /** The place of the one process that writes here. */
    WriterPlace writerPlace(boolean takesOver) {
        return new WriterPlace(folder.resolve("lock"), takesOver);
    }
}
