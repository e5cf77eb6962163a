package io.kubeferry.agent.watch.manifests;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The only class that reads the folder. Confined to one thread.
 *
 * <p>Links are followed everywhere: in a mounted ConfigMap every file is a link through {@code ..data}, which kubelet
 * replaces as a whole.
 */
final class ManifestFolder {
    /** Enough for ten thousand Services in one file; the parser needs many times a file's size. */
    static final int MAX_FILE_BYTES = 32 * 1024 * 1024;

    /**
     * How long after its last change a file is still compared by content. Time stamps are as coarse as the kernel's tick,
     * so a second write of the same size may leave every attribute as it was.
     */
    private static final Duration AMBIGUOUS = Duration.ofSeconds(2);

    private final Path folder;
    private final InstantSource clock;
    private Map<String, Fingerprint> lastFingerprints = Map.of();

    ManifestFolder(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** What a look at the folder found. */
    sealed interface Look {
        /** The manifests in it and, for each, something that differs when the file does. */
        record Found(Map<String, String> fingerprints) implements Look {}

        /** The folder itself cannot be read; {@code reason} is one clause. */
        record NoFolder(String reason) implements Look {}
    }

    private record Fingerprint(String attributes, String content) {}

    /** Looks at every manifest without reading those that did not change. */
    Look look() {
        Map<String, Fingerprint> fingerprints = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ManifestFolder::isManifest)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                fingerprints.put(name, fingerprint(file, lastFingerprints.get(name)));
            }
        } catch (IOException e) {
            return new Look.NoFolder(reason(e));
        } catch (DirectoryIteratorException e) {
            return new Look.NoFolder("cannot be listed: " + e.getMessage());
        }
        lastFingerprints = fingerprints;
        Map<String, String> found = new TreeMap<>();
        fingerprints.forEach((name, fingerprint) -> found.put(name, fingerprint.toString()));
        return new Look.Found(found);
    }

    /** The text of a manifest. */
    String read(String name) throws UnreadableManifestException {
        Path file = folder.resolve(name);
        try {
            if (Files.isDirectory(file)) {
                throw new UnreadableManifestException("is a folder (expected: a file)");
            }
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new UnreadableManifestException("has " + Files.size(file) + " bytes (expected: at most "
                        + MAX_FILE_BYTES + "; split it into several files)");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new UnreadableManifestException("is no UTF-8 text");
        } catch (IOException e) {
            throw new UnreadableManifestException(reason(e));
        }
    }

    /** Hidden files are editors' and kubelet's own. */
    private static boolean isManifest(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    }

    private Fingerprint fingerprint(Path file, @Nullable Fingerprint last) {
        try {
            BasicFileAttributes basic = Files.readAttributes(file, BasicFileAttributes.class);
            FileTime changed = basic.lastModifiedTime();
            if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
                // Also moves when the modification time is set back (cp -p, tar) and when the rights change.
                FileTime status = (FileTime) Files.getAttribute(file, "unix:ctime");
                changed = status.compareTo(changed) > 0 ? status : changed;
            }
            String attributes = basic.isRegularFile() + " " + basic.size() + " " + basic.lastModifiedTime() + " "
                    + changed + " " + Objects.toString(basic.fileKey(), "");
            boolean recent = changed.toInstant().isAfter(settledBefore());
            if (!recent && last != null && last.attributes().equals(attributes)) {
                return last;
            }
            return new Fingerprint(attributes, content(file, basic));
        } catch (IOException e) {
            return new Fingerprint(reason(e), "");
        }
    }

    private Instant settledBefore() {
        return clock.instant().minus(AMBIGUOUS);
    }

    private static String content(Path file, BasicFileAttributes attributes) {
        if (!attributes.isRegularFile() || attributes.size() > MAX_FILE_BYTES) {
            return "";
        }
        try {
            CRC32 checksum = new CRC32();
            checksum.update(Files.readAllBytes(file));
            return Long.toHexString(checksum.getValue());
        } catch (IOException e) {
            return reason(e);
        }
    }

    private static String reason(IOException problem) {
        return switch (problem) {
            case NoSuchFileException e -> "does not exist";
            case AccessDeniedException e -> "cannot be read: permission denied";
            case NotDirectoryException e -> "is no folder";
            case FileSystemLoopException e -> "cannot be read: a link leads back to itself";
            case FileSystemException e when e.getReason() != null -> "cannot be read: " + e.getReason();
            case IOException e -> "cannot be read: " + e.getMessage();
        };
    }
}
