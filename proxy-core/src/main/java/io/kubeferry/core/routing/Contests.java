package io.kubeferry.core.routing;

import io.kubeferry.core.model.ServicePortKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which address and port: of those who claim it the {@linkplain Claimant first}. When that one goes, the next
 * holds it.
 *
 * <p>Threading: confined to one thread.
 */
final class Contests {
    private final Map<ListenAddress, Contest> contests = new HashMap<>();
    /** Of which the first claimant may not be the holder. */
    private final Deque<Contest> open = new ArrayDeque<>();
    /** Who was first for a while only, and has not been told of it. */
    private final Deque<Passed> passed = new ArrayDeque<>();
    /** Those that were touched since the last changes were taken, with who held them then. */
    private final Map<ListenAddress, Optional<Claimant>> before = new LinkedHashMap<>();

    /** One address and port with all who claim it. Nearly all have one claimant. */
    private static final class Contest {
        private final ListenAddress address;
        /** In their order. */
        private final List<Claimant> claimants = new ArrayList<>(1);
        /** Null if nobody held it so far. */
        private @Nullable Claimant holder;

        Contest(ListenAddress address) {
            this.address = address;
        }

        @Nullable
        Claimant first() {
            return claimants.isEmpty() ? null : claimants.getFirst();
        }
    }

    /** A claimant that somebody else came before at an address. */
    private record Passed(Claimant claimant, Contest contest) {}

    /** Is told what becomes of claimants while contests are settled; may enter and leave others then. */
    interface Follower {
        /** {@code claimant} holds {@code address} from now on. */
        void won(Claimant claimant, ListenAddress address);

        /** {@code claimant} does not hold {@code address} any more, and claims it still. */
        void lost(Claimant claimant, ListenAddress address);
    }

    /**
     * What a round of changes came to.
     *
     * @param concerned the service ports that claim an address of another holder than before
     * @param begunOrEnded addresses that are held since, and those that are not any more
     */
    record Changes(Set<ServicePortKey> concerned, List<ListenAddress> begunOrEnded) {}

    /** {@code claimant} claims {@code address}, which it does not yet. */
    void enter(Claimant claimant, ListenAddress address) {
        Contest contest = contests.computeIfAbsent(address, Contest::new);
        touch(contest);
        int index = Collections.binarySearch(contest.claimants, claimant);
        if (index < 0) {
            Claimant first = contest.first();
            contest.claimants.add(-index - 1, claimant);
            if (first != null && index == -1 && !first.equals(contest.holder)) {
                passed.add(new Passed(first, contest));
            }
        }
    }

    /** {@code claimant} claims {@code address} no longer. */
    void leave(Claimant claimant, ListenAddress address) {
        Contest contest = contests.get(address);
        if (contest != null) {
            touch(contest);
            int index = Collections.binarySearch(contest.claimants, claimant);
            if (index >= 0) {
                contest.claimants.remove(index);
            }
            if (claimant.equals(contest.holder)) {
                // Should it come again at once, it has to win again.
                contest.holder = null;
            }
        }
    }

    /** Gives every address to its first claimant, and goes on until all that {@code follower} did is settled too. */
    void settle(Follower follower) {
        while (!open.isEmpty() || !passed.isEmpty()) {
            while (!open.isEmpty()) {
                settle(open.remove(), follower);
            }
            if (!passed.isEmpty()) {
                Passed next = passed.remove();
                tellIfLost(next.claimant(), next.contest(), follower);
            }
        }
    }

    private void settle(Contest contest, Follower follower) {
        Claimant first = contest.first();
        Claimant last = contest.holder;
        contest.holder = first;
        if (first == null) {
            contests.remove(contest.address, contest);
        } else if (!first.equals(last)) {
            follower.won(first, contest.address);
        }
        if (last != null) {
            tellIfLost(last, contest, follower);
        }
    }

    private static void tellIfLost(Claimant claimant, Contest contest, Follower follower) {
        if (Collections.binarySearch(contest.claimants, claimant) > 0) {
            follower.lost(claimant, contest.address);
        }
    }

    /** What has changed since the last call; everything is settled. */
    Changes takeChanges() {
        Set<ServicePortKey> concerned = new HashSet<>();
        List<ListenAddress> begunOrEnded = new ArrayList<>();
        before.forEach((address, holder) -> {
            Contest contest = contests.get(address);
            Optional<Claimant> now = holder(address);
            if (!now.equals(holder)) {
                if (contest != null) {
                    contest.claimants.forEach(claimant -> concerned.add(claimant.servicePort()));
                }
                if (now.isPresent() != holder.isPresent()) {
                    begunOrEnded.add(address);
                }
            }
        });
        before.clear();
        return new Changes(concerned, begunOrEnded);
    }

    /** Who holds {@code address}; empty if nobody does. */
    Optional<Claimant> holder(ListenAddress address) {
        Contest contest = contests.get(address);
        return contest == null ? Optional.empty() : Optional.ofNullable(contest.holder);
    }

    /** Whether {@code address} is {@code claimant}'s, or will be once all is settled. */
    boolean isFirst(Claimant claimant, ListenAddress address) {
        Contest contest = contests.get(address);
        return contest != null && claimant.equals(contest.first());
    }

    /** All addresses that are held; a live view. */
    Set<ListenAddress> held() {
        return Collections.unmodifiableSet(contests.keySet());
    }

    private void touch(Contest contest) {
        before.putIfAbsent(contest.address, Optional.ofNullable(contest.holder));
        open.add(contest);
    }
}
