package io.kubeferry.agent.options;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go's {@code time.ParseDuration} and {@code Duration.String} spell them: {@code 1m30s}, {@code 100ms}. */
public final class GoDuration {
    /** What to tell a user who wrote something else. */
    public static final String EXPECTED = "a duration such as 1s, 1m30s or 100ms";

    private static final Pattern PART = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
    private static final Map<String, Long> NANOS_OF = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "μs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private GoDuration() {}

    /** The duration that {@code text} spells, or empty if it spells none or one that Go's 64 bits cannot hold. */
    public static Optional<Duration> parse(String text) {
        boolean negative = text.startsWith("-");
        String amount = negative || text.startsWith("+") ? text.substring(1) : text;
        if (amount.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        Matcher matcher = PART.matcher(amount);
        BigDecimal nanos = BigDecimal.ZERO;
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            nanos = nanos.add(
                    new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unitNanos(matcher.group(2)))));
            end = matcher.end();
        }
        if (end == 0 || end != amount.length() || nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return Optional.empty();
        }
        Duration duration =
                Duration.ofNanos(nanos.setScale(0, RoundingMode.DOWN).longValueExact());
        return Optional.of(negative ? duration.negated() : duration);
    }

    /** The duration that {@code text} spells, or an {@link InvalidOption} that names {@code option}. */
    public static Duration parse(String option, String text) {
        return parse(text.trim()).orElseThrow(() -> new InvalidOption(option, text, EXPECTED));
    }

    /** {@code duration} as Go prints it: {@code 15m0s}, {@code 1.5s}, {@code 100ms}. */
    public static String format(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.isNegative()) {
            return "-" + format(duration.negated());
        }
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return formatBelowOneSecond(duration.toNanosPart());
        }
        StringBuilder text = new StringBuilder();
        if (duration.toHours() > 0) {
            text.append(duration.toHours()).append('h');
        }
        if (duration.toMinutes() > 0) {
            text.append(duration.toMinutesPart()).append('m');
        }
        BigDecimal seconds =
                BigDecimal.valueOf(duration.toSecondsPart()).add(BigDecimal.valueOf(duration.toNanosPart(), 9));
        return text.append(plain(seconds)).append('s').toString();
    }

    private static String formatBelowOneSecond(int nanos) {
        if (nanos >= 1_000_000) {
            return plain(BigDecimal.valueOf(nanos, 6)) + "ms";
        }
        return nanos >= 1_000 ? plain(BigDecimal.valueOf(nanos, 3)) + "µs" : nanos + "ns";
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    private static long unitNanos(String unit) {
        Long nanos = NANOS_OF.get(unit);
        if (nanos == null) {
            throw new DateTimeException("unit: " + unit);
        }
        return nanos;
    }
}
