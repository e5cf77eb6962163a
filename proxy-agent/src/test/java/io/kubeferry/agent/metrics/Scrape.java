package io.kubeferry.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.http.HttpCall;
import io.kubeferry.agent.http.HttpReply;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text exposition, parsed strictly: what is not valid fails the test. */
final class Scrape {
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (NaN|[+-]Inf|[-+0-9.eE]+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"(?:,|$)");

    /** A family and its series: sample name with sorted labels, and value. */
    record Family(String type, String help, Map<String, Double> samples) {
        Set<String> labelNames() {
            Set<String> names = new HashSet<>();
            samples.keySet().forEach(sample -> {
                Matcher label =
                        LABEL.matcher(sample.substring(sample.indexOf('{') + 1).replace("}", ""));
                while (sample.contains("{") && label.find()) {
                    names.add(label.group(1));
                }
            });
            names.remove("le");
            return names;
        }
    }

    private final Map<String, Family> families = new LinkedHashMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();

    private Scrape() {}

    static Scrape of(MetricsExporter exporter) throws IOException {
        HttpReply reply =
                exporter.respond(new HttpCall("GET", "/metrics", Map.of(), Map.of(), InetAddress.getLoopbackAddress()));
        assertThat(reply.headers()).containsEntry("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        return parse(new String(reply.body(), StandardCharsets.UTF_8));
    }

    static Scrape parse(String text) {
        Scrape scrape = new Scrape();
        assertThat(text).endsWith("\n");
        String help = "";
        String current = "";
        for (String line : text.split("\n")) {
            if (line.startsWith("# HELP ")) {
                help = line.split(" ", 4)[3];
            } else if (line.startsWith("# TYPE ")) {
                current = line.split(" ")[2];
                Family before =
                        scrape.families.put(current, new Family(line.split(" ")[3], help, new LinkedHashMap<>()));
                assertThat(before).as("one TYPE for " + current).isNull();
            } else {
                scrape.sample(current, line);
            }
        }
        return scrape;
    }

    private void sample(String family, String line) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as("valid sample: " + line).isTrue();
        String suffix = sample.group(1)
                .substring(Math.min(family.length(), sample.group(1).length()));
        assertThat(sample.group(1))
                .as("belongs to the family above it: " + line)
                .startsWith(family);
        assertThat(suffix).isIn("", "_bucket", "_sum", "_count");
        String series = sample.group(1) + labels(sample.group(2));
        double value = Double.parseDouble(sample.group(3).replace("Inf", "Infinity"));
        assertThat(samples.put(series, value)).as("one sample of " + series).isNull();
        family(family).samples().put(series, value);
    }

    private static String labels(@Nullable String text) {
        if (text == null) {
            return "";
        }
        Map<String, String> sorted = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (label.find()) {
            assertThat(label.start()).as("valid labels: " + text).isEqualTo(end);
            sorted.put(label.group(1), label.group(2));
            end = label.end();
        }
        assertThat(end).as("valid labels: " + text).isEqualTo(text.length());
        List<String> parts = new ArrayList<>();
        sorted.forEach((name, value) -> parts.add(name + "=\"" + value + "\""));
        return "{" + String.join(",", parts) + "}";
    }

    Set<String> familyNames() {
        return families.keySet();
    }

    Family family(String name) {
        assertThat(families).containsKey(name);
        return Objects.requireNonNull(families.get(name));
    }

    /** The value of a series, written with its labels in alphabetical order. */
    double value(String series) {
        assertThat(samples).containsKey(series);
        return Objects.requireNonNull(samples.get(series));
    }

    Map<String, Double> samples() {
        return samples;
    }
}
