package io.kubeferry.agent.host;

import io.kubeferry.core.model.Counted;
import io.kubeferry.core.model.PersistentMap;
import io.kubeferry.core.routing.CapturePlan;
import java.util.HashSet;
import java.util.Set;

/**
 * The elements that lie between two plans. Costs no more than what differs between them; pure. Owned by whoever made it.
 *
 * @param gone what the table has and shall not have
 * @param come what it has not and shall have
 */
record NftChange(NftElements gone, NftElements come) {
    /** What makes the elements of {@code before} into those of {@code after}; of former places it says nothing. */
    static NftChange between(CapturePlan before, CapturePlan after) {
        NftElements gone = NftElements.empty();
        NftElements come = NftElements.empty();
        PersistentMap.compare(before.rules(), after.rules(), (place, was, is) -> {
            if (was != null) {
                gone.add(place, was);
            }
            if (is != null) {
                come.add(place, is);
            }
        });
        Counted.compare(
                before.clusterIps(),
                after.clusterIps(),
                (address, added) -> (added ? come : gone).addClusterIp(address));
        Counted.compare(
                before.localEndpoints(),
                after.localEndpoints(),
                (endpoint, added) -> (added ? come : gone).addEndpoint(endpoint));
        if (!before.serviceRanges().equals(after.serviceRanges())) {
            gone.addServiceRanges(before.serviceRanges());
            come.addServiceRanges(after.serviceRanges());
        }
        NftChange change = new NftChange(gone, come);
        change.leaveOutWhatStays();
        return change;
    }

    /** A rule that changes keeps some of its elements. */
    private void leaveOutWhatStays() {
        gone.bySet().forEach((set, elements) -> {
            Set<String> both = new HashSet<>(elements);
            both.retainAll(come.of(set));
            elements.removeAll(both);
            come.of(set).removeAll(both);
        });
    }
}
