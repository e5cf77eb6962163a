package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpFamily;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TCP connections of this node's own programs, from {@code /proc/net/tcp} and {@code tcp6} (proc(5)). Thread-safe;
 * every call looks anew.
 */
final class NodeConnections {
    private static final Logger LOG = LoggerFactory.getLogger(NodeConnections.class);

    private static final int FIELDS = 4;
    private static final int HEX = 16;
    private static final String TIME_WAIT = "06";
    private static final String LISTEN = "0A";
    private static final int WORD_BYTES = 4;

    private final Path proc;

    /**
     * A connection.
     *
     * @param client the address and port that it was made from, in the words of {@code nft}: {@code 192.0.2.7 . 40001}
     * @param server the address and port that it was made to, as the program wants it
     */
    record Connection(IpFamily family, String client, String server) {}

    NodeConnections(Path proc) {
        this.proc = proc;
    }

    /** Those of this host. */
    static NodeConnections system() {
        return new NodeConnections(Path.of("/proc"));
    }

    /** The connections to {@code servers}, which are in the words of {@code nft}; none where they cannot be read. */
    List<Connection> to(Set<String> servers) {
        List<Connection> found = new ArrayList<>();
        for (String file : List.of("net/tcp", "net/tcp6")) {
            try (Stream<String> lines = Files.lines(proc.resolve(file))) {
                lines.skip(1)
                        .flatMap(line -> parse(line).stream())
                        .filter(connection -> servers.contains(connection.server()))
                        .forEach(found::add);
            } catch (IOException | RuntimeException unreadable) {
                LOG.debug("could not read the connections of this node file={}", file, unreadable);
            }
        }
        return found;
    }

    private static Optional<Connection> parse(String line) {
        String[] fields = line.trim().split("\\s+", FIELDS + 1);
        if (fields.length < FIELDS || fields[3].equals(LISTEN) || fields[3].equals(TIME_WAIT)) {
            return Optional.empty();
        }
        return Optional.of(new Connection(IpFamily.of(address(fields[2])), place(fields[1]), place(fields[2])));
    }

    private static String place(String field) {
        int port = Integer.parseInt(field.substring(field.indexOf(':') + 1), HEX);
        return IpAddresses.format(address(field)) + " . " + port;
    }

    /** Words of 32 bits, each printed as a number. An address of IPv4 in the form of IPv6 is the one of IPv4. */
    private static InetAddress address(String field) {
        byte[] words = HexFormat.of().parseHex(field.substring(0, field.indexOf(':')));
        byte[] bytes = new byte[words.length];
        for (int i = 0; i < words.length; i++) {
            bytes[i] = words[i - i % WORD_BYTES + WORD_BYTES - 1 - i % WORD_BYTES];
        }
        return IpAddresses.ofBytes(bytes);
    }
}
