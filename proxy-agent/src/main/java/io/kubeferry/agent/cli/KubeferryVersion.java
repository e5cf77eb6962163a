package io.kubeferry.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Reads the version that the build wrote into the jar. Thread-safe. */
final class KubeferryVersion implements IVersionProvider {
    /** The version, such as {@code 0.1.0}. */
    static String read() {
        Properties properties = new Properties();
        try (InputStream in = KubeferryVersion.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("version.properties of the jar cannot be read", unreadable);
        }
        return properties.getProperty("version", "unknown");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"kubeferry " + read()};
    }
}
