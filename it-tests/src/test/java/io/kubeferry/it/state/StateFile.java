package io.kubeferry.it.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** A state file as somebody finds it, and what may have become of it. Immutable. */
record StateFile(Path path) {
    private static final Pattern SINCE_BOOT = Pattern.compile("\"sinceBootMillis\":(\\d+)");

    static StateFile in(Path folder) {
        return new StateFile(folder.resolve("state.json"));
    }

    boolean exists() {
        return Files.exists(path);
    }

    String text() throws IOException {
        return Files.exists(path) ? Files.readString(path) : "";
    }

    /** Half of it is missing. */
    void cut() throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        Files.write(path, Arrays.copyOf(bytes, bytes.length / 2));
    }

    /** A bit in its middle is another one. */
    void damage() throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length / 2] ^= 4;
        Files.write(path, bytes);
    }

    /** It says that it was written by a kernel that ran before. */
    void ofAnotherBoot() throws IOException {
        edit(text().replaceFirst("\"bootId\":\"[^\"]*\"", "\"bootId\":\"another-boot\""));
    }

    /** It says that it was written so much earlier. */
    void older(long seconds) throws IOException {
        Matcher since = SINCE_BOOT.matcher(text());
        if (!since.find()) {
            throw new AssertionError("no time in " + text());
        }
        long earlier = Long.parseLong(since.group(1)) - seconds * 1_000;
        edit(since.replaceFirst("\"sinceBootMillis\":" + earlier));
    }

    private void edit(String text) throws IOException {
        byte[] content = text.substring(text.indexOf('\n') + 1).getBytes(StandardCharsets.UTF_8);
        CRC32C crc = new CRC32C();
        crc.update(content);
        Files.writeString(
                path,
                "{\"kubeferryState\":1,\"bytes\":" + content.length + ",\"crc32c\":\""
                        + HexFormat.of().toHexDigits((int) crc.getValue()) + "\"}\n"
                        + new String(content, StandardCharsets.UTF_8));
    }
}
