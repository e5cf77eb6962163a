package io.kubeferry.core.balance;

import io.kubeferry.core.model.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that the connections of one service port under one policy may be sent to. Immutable, but for what is known
 * of the endpoints.
 *
 * @param all in {@link Endpoint#ORDER}
 * @param sparesSetAside whether endpoints that were set aside get connections only where there is no other
 */
public record CandidateList(List<Candidate> all, boolean sparesSetAside) {
    /** Freezes the list. */
    public CandidateList {
        all = List.copyOf(all);
    }

    /** Whether it holds exactly {@code endpoints}, with the same conditions. */
    public boolean isOf(List<Endpoint> endpoints) {
        if (all.size() != endpoints.size()) {
            return false;
        }
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).endpoint().equals(endpoints.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether {@code candidate} may be sent a connection that has tried {@code tried} in vain. */
    boolean isOpen(Candidate candidate, List<Candidate> tried) {
        return isInService(candidate) && !candidate.isAmong(tried);
    }

    /**
     * What such a connection has the choice of: untried endpoints in service, or else untried ones that were set aside.
     * Allocates: for when the first choice was none.
     */
    List<Candidate> open(List<Candidate> tried) {
        List<Candidate> inService = new ArrayList<>(all.size());
        List<Candidate> setAside = new ArrayList<>();
        for (Candidate candidate : all) {
            if (!candidate.isAmong(tried)) {
                (isInService(candidate) ? inService : setAside).add(candidate);
            }
        }
        return inService.isEmpty() ? setAside : inService;
    }

    /** Whether {@code candidate} was set aside while others are in service. */
    boolean isSpared(Candidate candidate) {
        return !isInService(candidate) && all.stream().anyMatch(this::isInService);
    }

    /** The endpoint at the address and port of {@code target}, or null if there is none (any more). */
    @Nullable
    Candidate find(Endpoint target) {
        int low = 0;
        int high = all.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Endpoint.ORDER.compare(all.get(middle).endpoint(), target);
            if (order == 0) {
                return all.get(middle);
            } else if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    private boolean isInService(Candidate candidate) {
        return !sparesSetAside || !candidate.track().isSetAside();
    }
}
