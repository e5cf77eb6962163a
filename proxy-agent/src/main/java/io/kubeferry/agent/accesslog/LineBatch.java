package io.kubeferry.agent.accesslog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Lines that are written at once, and what became of them if that failed halfway. A batch that follows a line that was cut
 * begins with a line break: an empty line after nothing is the smaller harm than two lines in one. Immutable.
 */
final class LineBatch {
    private final byte[] bytes;
    private final int start;
    private final int[] ends;

    private LineBatch(byte[] bytes, int start, int[] ends) {
        this.bytes = bytes;
        this.start = start;
        this.ends = ends;
    }

    static LineBatch of(List<String> lines, boolean afterCutLine) {
        StringBuilder text = new StringBuilder(afterCutLine ? "\n" : "");
        lines.forEach(line -> text.append(line).append('\n'));
        int[] ends = new int[lines.size()];
        int end = afterCutLine ? 1 : 0;
        for (int i = 0; i < ends.length; i++) {
            end += lines.get(i).getBytes(StandardCharsets.UTF_8).length + 1;
            ends[i] = end;
        }
        return new LineBatch(text.toString().getBytes(StandardCharsets.UTF_8), afterCutLine ? 1 : 0, ends);
    }

    ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes);
    }

    /** How many lines were written to their end when {@code position} bytes were. */
    int wholeLines(int position) {
        int whole = 0;
        while (whole < ends.length && ends[whole] <= position) {
            whole++;
        }
        return whole;
    }

    /** Whether what was written ends within a line when {@code position} bytes were. */
    boolean isCutAt(int position) {
        if (position < start) {
            return true; // The line that was cut before still is.
        }
        int whole = wholeLines(position);
        return position > (whole == 0 ? start : ends[whole - 1]);
    }
}
