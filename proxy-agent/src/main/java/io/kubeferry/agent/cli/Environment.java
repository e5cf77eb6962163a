package io.kubeferry.agent.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the process finds around it. Thread-safe. */
interface Environment {
    /** The environment variable of this name, unless it is missing or empty. */
    Optional<String> variable(String name);

    /** The name the kernel has for this host. */
    Optional<String> hostName();

    /** The text in a file. */
    String read(Path file) throws IOException;

    /** Whether this is a folder. */
    boolean isFolder(Path path);

    /** That of this process. */
    static Environment ofProcess() {
        return new Environment() {
            @Override
            public Optional<String> variable(String name) {
                return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
            }

            @Override
            public Optional<String> hostName() {
                try {
                    Path kernel = Path.of("/proc/sys/kernel/hostname"); // Needs no name server, as Go's os.Hostname.
                    return Optional.of(
                            Files.isReadable(kernel)
                                    ? Files.readString(kernel).trim()
                                    : InetAddress.getLocalHost().getHostName());
                } catch (IOException unknown) {
                    return Optional.empty();
                }
            }

            @Override
            public String read(Path file) throws IOException {
                return Files.readString(file);
            }

            @Override
            public boolean isFolder(Path path) {
                return Files.isDirectory(path);
            }
        };
    }
}
