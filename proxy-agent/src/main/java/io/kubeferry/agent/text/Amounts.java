package io.kubeferry.agent.text;

import java.util.List;
import java.util.Locale;

/** Numbers as people read them. Pure. */
public final class Amounts {
    private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB", "PB");
    private static final double STEP = 1000;
    /** What would be shown as 1000 of a unit is one of the next. */
    private static final double NEXT_UNIT_FROM = 999.5;

    private Amounts() {}

    /** Three digits and a unit: {@code 1.23 MB}. */
    public static String bytes(double bytes) {
        double scaled = bytes;
        int unit = 0;
        while (scaled >= NEXT_UNIT_FROM && unit < UNITS.size() - 1) {
            scaled /= STEP;
            unit++;
        }
        return (unit == 0 ? String.format(Locale.ROOT, "%.0f", scaled) : digits(scaled)) + " " + UNITS.get(unit);
    }

    /** How often something happens: {@code 3.4/s}. */
    public static String perSecond(double rate) {
        return String.format(Locale.ROOT, rate == 0 || rate >= 9.95 ? "%.0f" : "%.1f", rate) + "/s";
    }

    private static String digits(double number) {
        String format = number < 9.995 ? "%.2f" : number < 99.95 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, format, number);
    }
}
