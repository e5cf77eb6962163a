package io.kubeferry.agent.saved;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The first line of a state file, by which one notices that the rest is cut, damaged, or of a version that says it in other
 * words: {@code {"kubeferryState":1,"bytes":4711,"crc32c":"0badcafe"}}. Pure.
 */
final class Envelope {
    private static final String VERSION_FIELD = "kubeferryState";
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Envelope() {}

    /** {@code content} with its first line. */
    static byte[] seal(byte[] content) {
        String line = "{\"" + VERSION_FIELD + "\":" + VERSION + ",\"bytes\":" + content.length + ",\"crc32c\":\""
                + checksum(content) + "\"}\n";
        ByteArrayOutputStream sealed = new ByteArrayOutputStream(line.length() + content.length);
        sealed.writeBytes(line.getBytes(StandardCharsets.UTF_8));
        sealed.writeBytes(content);
        return sealed.toByteArray();
    }

    /** The content of {@code file}, exactly as it was sealed. */
    static byte[] open(byte[] file) throws UnusableStateException {
        int end = 0;
        while (end < file.length && file[end] != '\n') {
            end++;
        }
        String line = new String(file, 0, end, StandardCharsets.UTF_8);
        JsonNode head = head(line);
        if (!head.path(VERSION_FIELD).canConvertToInt()) {
            throw new UnusableStateException("first line", line, "that of a state file of kubeferry");
        }
        if (head.path(VERSION_FIELD).asInt() != VERSION) {
            throw new UnusableStateException(
                    VERSION_FIELD, head.path(VERSION_FIELD), "version " + VERSION + " of the format");
        }
        byte[] content = Arrays.copyOfRange(file, Math.min(end + 1, file.length), file.length);
        if (head.path("bytes").asLong(-1) != content.length) {
            throw new UnusableStateException("bytes", head.path("bytes"), content.length + ", which is what follows");
        }
        String checksum = checksum(content);
        if (!head.path("crc32c").asText().equals(checksum)) {
            throw new UnusableStateException(
                    "crc32c", head.path("crc32c"), checksum + ", which is that of what follows");
        }
        return content;
    }

    private static JsonNode head(String line) throws UnusableStateException {
        try {
            return JSON.readTree(line);
        } catch (IOException noJson) {
            throw new UnusableStateException("first line", line, "that of a state file of kubeferry");
        }
    }

    private static String checksum(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content, 0, content.length);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
