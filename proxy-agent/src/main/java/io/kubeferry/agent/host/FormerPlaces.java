package io.kubeferry.agent.host;

import io.kubeferry.core.model.IpFamily;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/**
 * What was captured once and is not any more, the last {@value #MAX} of each family: connections of this node to it go on.
 *
 * <p>Threading: guarded by {@link LinuxCapture}'s lock.
 */
final class FormerPlaces {
    private static final int MAX = 65_536;

    /** The one that was captured last at the end. */
    private final Map<IpFamily, SequencedSet<String>> places = new EnumMap<>(IpFamily.class);

    FormerPlaces() {
        for (IpFamily family : IpFamily.values()) {
            places.put(family, new LinkedHashSet<>());
        }
    }

    /**
     * Takes in what {@code change} captures and what not any more, and adds to it what follows for the set of these. Returns
     * what it captures for the first time.
     */
    Set<String> follow(NftChange change) {
        Set<String> first = new HashSet<>();
        places.forEach((family, former) -> {
            String captured = NftElements.named(NftElements.CAPTURED, family);
            String set = NftElements.named(NftElements.FORMER, family);
            for (String place : change.come().of(captured)) {
                if (former.remove(place)) {
                    change.gone().of(set).add(place);
                } else {
                    first.add(place);
                }
            }
            for (String place : change.gone().of(captured)) {
                if (former.add(place)) {
                    change.come().of(set).add(place);
                }
            }
            forgetTheFirst(former, change.gone().of(set));
        });
        return first;
    }

    /** Remembers what {@code listing} shows that another process has captured or remembered, but for {@code captured}. */
    void learn(NftListing listing, NftElements captured) {
        places.forEach((family, former) -> {
            for (String set : List.of(NftElements.FORMER, NftElements.CAPTURED)) {
                former.addAll(listing.elements().getOrDefault(NftElements.named(set, family), Set.of()));
            }
            former.removeAll(captured.of(NftElements.named(NftElements.CAPTURED, family)));
            forgetTheFirst(former, new LinkedHashSet<>());
        });
    }

    /** Those of {@code family}. */
    Set<String> of(IpFamily family) {
        return places.getOrDefault(family, new LinkedHashSet<>());
    }

    private static void forgetTheFirst(SequencedSet<String> former, Collection<String> forgotten) {
        while (former.size() > MAX) {
            forgotten.add(former.removeFirst());
        }
    }
}
