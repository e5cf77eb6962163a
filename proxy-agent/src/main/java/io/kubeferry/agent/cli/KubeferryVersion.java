package io.kubeferry.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Reads the version that the build wrote into the jar. Thread-safe. */
final class KubeferryVersion implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = KubeferryVersion.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        }
        return new String[] {"kubeferry " + properties.getProperty("version")};
    }
}
