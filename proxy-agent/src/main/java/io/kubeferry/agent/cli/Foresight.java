package io.kubeferry.agent.cli;

import io.kubeferry.agent.EarlyLoading.Part;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Tells from the words of a command line, before they are parsed, what the command will need. */
final class Foresight {
    private Foresight() {}

    /**
     * What is worth loading for {@code words}, which are normalized. Of a command that serves only; and no transport where one is
     * chosen, since somebody may have a reason not to let the others be tried.
     */
    static Set<Part> of(List<String> words) {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        boolean isDemo = words.getFirst().equals(CommandName.DEMO.word());
        if (!isDemo && !words.getFirst().equals(CommandName.RUN.word())) {
            return parts;
        }
        if (isDemo || names(words, Flag.MANIFESTS)) {
            parts.add(Part.MANIFESTS);
        }
        if (!names(words, Flag.TRANSPORT)) {
            parts.add(Part.TRANSPORT);
        }
        return parts;
    }

    private static boolean names(List<String> words, Flag flag) {
        for (String word : words) {
            if (word.equals(flag.flag()) || word.startsWith(flag.flag() + "=")) {
                return true;
            }
        }
        return false;
    }
}
