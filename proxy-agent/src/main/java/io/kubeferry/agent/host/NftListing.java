package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpFamily;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What {@code nft list table} shows, taken apart. Immutable; pure.
 *
 * @param skeleton everything but the elements of sets and maps
 * @param elements by the name of the set or map
 */
record NftListing(String skeleton, Map<String, Set<String>> elements) {
    private static final Pattern SET = Pattern.compile("^\\s*(?:set|map) (\\S+) \\{$");
    private static final Pattern OWNER = Pattern.compile("chain owner_(\\S+) \\{");
    private static final String ELEMENTS = "elements = {";

    static NftListing of(String text) {
        StringBuilder skeleton = new StringBuilder();
        Map<String, Set<String>> elements = new TreeMap<>();
        String set = "";
        StringBuilder content = new StringBuilder();
        boolean inElements = false;
        for (String line : text.lines().toList()) {
            Matcher begin = SET.matcher(line);
            if (begin.matches()) {
                set = begin.group(1);
            }
            int start = line.indexOf(ELEMENTS);
            String part = start < 0 ? line : line.substring(start + ELEMENTS.length());
            if (start >= 0) {
                inElements = true;
            }
            if (!inElements) {
                skeleton.append(line).append('\n');
                continue;
            }
            int end = part.indexOf('}');
            content.append(end < 0 ? part : part.substring(0, end)).append(' ');
            if (end >= 0) {
                inElements = false;
                elements.put(set, split(content.toString()));
                content.setLength(0);
            }
        }
        return new NftListing(skeleton.toString(), elements);
    }

    /** Whether exactly {@code expected} is there; without what is of bridges unless {@code bridged}. */
    boolean holds(NftElements expected, boolean bridged) {
        return expected.bySet().entrySet().stream()
                .filter(entry -> bridged || !NftElements.isOfBridges(entry.getKey()))
                .allMatch(
                        entry -> elements.getOrDefault(entry.getKey(), Set.of()).equals(entry.getValue()));
    }

    /** What is captured, or was. */
    Set<String> places() {
        Set<String> places = new HashSet<>();
        for (IpFamily family : IpFamily.values()) {
            for (String set : List.of(NftElements.CAPTURED, NftElements.FORMER)) {
                places.addAll(elements.getOrDefault(NftElements.named(set, family), Set.of()));
            }
        }
        return places;
    }

    /** Whose the table is; more than one if somebody meddled. */
    List<String> owners() {
        return OWNER.matcher(skeleton).results().map(found -> found.group(1)).toList();
    }

    private static Set<String> split(String content) {
        Set<String> elements = new HashSet<>();
        Stream.of(content.split(","))
                .map(element -> element.trim().replaceAll("\\s+", " "))
                .filter(element -> !element.isEmpty())
                .forEach(elements::add);
        return elements;
    }
}
