package io.kubeferry.agent.metrics;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Writes families that have very many series, in the words of the Prometheus client, which makes several objects of each
 * sample before it writes one. A test holds both to the same text. One thread only.
 */
public final class SeriesText {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int LONGEST_NUMBER = 32;
    /** From here on Java writes a double with an exponent. */
    private static final long FIRST_WITH_EXPONENT = 10_000_000;

    private static final byte[] DOT_ZERO = bytes(".0");

    /** The two forms of the exposition. */
    enum Format {
        TEXT,
        OPEN_METRICS
    }

    private final OutputStream output;
    private final Format format;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int used;
    private byte[] name = new byte[0];
    /** The head of the family that is written before its first sample; empty after that. */
    private byte[] head = new byte[0];

    SeriesText(OutputStream output, Format format) {
        this.output = output;
        this.format = format;
    }

    /** {@code text} as it is written. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A label with a value that may hold anything. */
    static byte[] label(String label, String value) {
        return bytes(label + "=\"" + escaped(value).replace("\"", "\\\"") + "\"");
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n");
    }

    /** The samples that follow are of {@code family}, which is not mentioned if there are none. */
    void begin(MetricFamily family) {
        name = bytes(family.exposedName());
        head = bytes(
                switch (format) {
                    case TEXT -> help(family.exposedName(), family) + type(family.exposedName(), family);
                    case OPEN_METRICS -> type(metadataName(family), family) + help(metadataName(family), family);
                });
    }

    /** OpenMetrics has a counter's suffix in its samples only. */
    private static String metadataName(MetricFamily family) {
        String exposed = family.exposedName();
        return switch (family.type()) {
            case COUNTER -> exposed.substring(0, exposed.length() - "_total".length());
            case GAUGE, HISTOGRAM, SUMMARY -> exposed;
        };
    }

    private static String help(String name, MetricFamily family) {
        return "# HELP " + name + " " + escaped(family.help()) + "\n";
    }

    private static String type(String name, MetricFamily family) {
        return "# TYPE " + name + " " + family.type().name().toLowerCase(Locale.ROOT) + "\n";
    }

    /** Begins a sample whose name has {@code suffix}. Labels and a value are to follow. */
    SeriesText sample(byte[] suffix) throws IOException {
        if (head.length > 0) {
            put(head);
            head = new byte[0];
        }
        return put(name).put(suffix);
    }

    SeriesText put(byte[] piece) throws IOException {
        if (used + piece.length > BUFFER_BYTES) {
            flush();
            if (piece.length > BUFFER_BYTES) {
                output.write(piece);
                return this;
            }
        }
        System.arraycopy(piece, 0, buffer, used, piece.length);
        used += piece.length;
        return this;
    }

    /** A number of things that a bucket holds. */
    void whole(long count) throws IOException {
        putDigits(count);
        end();
    }

    /** The value of a counter or gauge. */
    void value(long value) throws IOException {
        if (value >= FIRST_WITH_EXPONENT) {
            value((double) value);
            return;
        }
        putDigits(value);
        put(DOT_ZERO);
        end();
    }

    void value(double value) throws IOException {
        put(bytes(Double.toString(value)));
        end();
    }

    private void end() throws IOException {
        if (used == BUFFER_BYTES) {
            flush();
        }
        buffer[used++] = '\n';
    }

    private void putDigits(long number) throws IOException {
        if (used + LONGEST_NUMBER > BUFFER_BYTES) {
            flush();
        }
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        long rest = number;
        for (int at = used + digits - 1; at >= used; at--) {
            buffer[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        used += digits;
    }

    void flush() throws IOException {
        output.write(buffer, 0, used);
        used = 0;
    }
}
