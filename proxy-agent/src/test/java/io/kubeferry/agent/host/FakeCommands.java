package io.kubeferry.agent.host;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A host that takes all it is told, until it is told not to. Test thread only. */
final class FakeCommands implements HostCommands {
    /** What {@code nft -f -} was told, in order. */
    final List<String> scripts = new ArrayList<>();
    /** What is shown of the table. */
    String listing = "";
    /** What is shown of the table for what bridges pass up. */
    String passedUp = "";
    /** How the next script ends, if not well. */
    Optional<String> refusal = Optional.empty();
    /** Whether what is refused once is refused until {@link #refusal} is taken back. */
    boolean refusesAgain;

    /** What is shown of all tables. */
    String ruleset = "";
    /** A rule that another program made, as it is shown. */
    String foreignRule = "";

    private final Set<String> rules = new HashSet<>();
    private final Set<String> routes = new HashSet<>();

    @Override
    public Outcome run(List<String> words, String input) {
        String line = String.join(" ", words);
        if (line.equals("nft -f -")) {
            scripts.add(input);
            Optional<String> refused = refusal;
            if (!refusesAgain) {
                refusal = Optional.empty();
            }
            return refused.map(reason -> new Outcome(1, reason)).orElse(new Outcome(0, ""));
        }
        if (line.equals("nft -c -f -")) {
            return refusal.map(reason -> new Outcome(1, reason)).orElse(new Outcome(0, ""));
        }
        if (line.equals("nft -s -t list ruleset")) {
            return new Outcome(0, ruleset);
        }
        if (line.equals("ip rule show")) {
            return new Outcome(0, "");
        }
        if (line.equals("nft list tables")) {
            return new Outcome(0, listing.isEmpty() ? "" : "table inet kubeferry\n");
        }
        if (line.endsWith("inet kubeferry_passed_up") && !passedUp.isEmpty()) {
            return new Outcome(0, passedUp);
        }
        if (line.startsWith("nft")) {
            return line.endsWith("inet kubeferry") && !listing.isEmpty()
                    ? new Outcome(0, listing)
                    : new Outcome(1, "Error: No such file or directory");
        }
        String family = words.get(1);
        return switch (words.get(2) + " " + words.get(3)) {
            case "rule show" ->
                new Outcome(
                        0,
                        "0:\tfrom all lookup local\n" + foreignRule
                                + (rules.contains(family)
                                        ? "90:\tfrom all fwmark 0x1000/0x1000 lookup 27494 proto 107\n"
                                        : ""));
            case "rule add" -> done(rules.add(family));
            case "rule del" -> done(rules.remove(family));
            case "route show" ->
                new Outcome(0, routes.contains(family) ? "local default dev lo proto 107 scope host\n" : "");
            case "route replace" -> done(routes.add(family));
            case "route del" -> done(routes.remove(family));
            default -> new Outcome(1, "unknown: " + line);
        };
    }

    /** As another program would. */
    void removeRules() {
        rules.clear();
    }

    boolean hasAnything() {
        return !rules.isEmpty() || !routes.isEmpty();
    }

    private static Outcome done(boolean changed) {
        return new Outcome(changed ? 0 : 2, changed ? "" : "RTNETLINK answers: File exists");
    }
}
