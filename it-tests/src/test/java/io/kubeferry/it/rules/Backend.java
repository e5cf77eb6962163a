package io.kubeferry.it.rules;

import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** HAProxy or nginx with one configuration, as an endpoint that expects the PROXY protocol. Test thread only. */
final class Backend implements AutoCloseable {
    private final Process process;

    private Backend(Process process) {
        this.process = process;
    }

    /** Whether this machine has HAProxy, nginx and openssl. */
    static boolean areInstalled() {
        return Stream.of("haproxy", "nginx", "openssl")
                .allMatch(command -> Stream.of("/usr/sbin", "/usr/bin")
                        .anyMatch(path -> Files.isExecutable(Path.of(path, command))));
    }

    /** HAProxy with {@code configuration}, when it listens on {@code port}. */
    static Backend haproxy(Path folder, String configuration, int port) throws Exception {
        Path file = Files.writeString(folder.resolve("haproxy.cfg"), configuration);
        return start(folder, List.of("/usr/sbin/haproxy", "-db", "-f", file.toString()), port);
    }

    /** nginx with {@code configuration} of its {@code http} block, when it listens on {@code port}. */
    static Backend nginx(Path folder, String configuration, int port) throws Exception {
        Path file = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx-error.log;
                events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                %2$s
                }
                """.formatted(folder, configuration));
        return start(
                folder,
                List.of(
                        "/usr/sbin/nginx",
                        "-c",
                        file.toString(),
                        "-e",
                        folder.resolve("nginx-error.log").toString()),
                port);
    }

    /** Makes a certificate with its key, as HAProxy wants them, in one file. */
    static Path certificate(Path folder) throws Exception {
        Path key = folder.resolve("key.pem");
        Path certificate = folder.resolve("certificate.pem");
        List<String> words = new ArrayList<>(List.of("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"));
        words.addAll(List.of("-subj", "/CN=web", "-days", "1", "-keyout", key.toString()));
        words.addAll(List.of("-out", certificate.toString()));
        int exit = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("openssl.log").toFile())
                .start()
                .waitFor();
        if (exit != 0) {
            throw new AssertionError("openssl ended with " + exit);
        }
        return Files.writeString(folder.resolve("both.pem"), Files.readString(certificate) + Files.readString(key));
    }

    private static Backend start(Path folder, List<String> words, int port) throws Exception {
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("backend.log").toFile())
                .start();
        try {
            new ServicePlace("127.0.0.1", port).awaitServed();
        } catch (AssertionError never) {
            process.destroyForcibly();
            throw new AssertionError(Files.readString(folder.resolve("backend.log")), never);
        }
        return new Backend(process);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
    }
}
