package io.kubeferry.agent.text;

import java.util.List;

/** Rows whose columns stand under each other. Pure. */
public final class TextTable {
    private static final String GAP = "  ";

    private TextTable() {}

    /** A line for each of {@code rows}, which have equally many cells. */
    public static String of(List<List<String>> rows) {
        int[] widths = widths(rows);
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell = row.get(column);
                line.append(cell)
                        .append(" ".repeat(widths[column] - cell.length()))
                        .append(GAP);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static int[] widths(List<List<String>> rows) {
        int[] widths = new int[rows.isEmpty() ? 0 : rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        return widths;
    }
}
