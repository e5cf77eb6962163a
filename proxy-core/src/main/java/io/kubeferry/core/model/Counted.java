package io.kubeferry.core.model;

import java.util.AbstractSet;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of which each element may have several reasons to be in it, and stays until the last one is gone.
 * Changed versions are as cheap as those of {@link PersistentMap}. Thread-safe.
 */
public final class Counted<T> extends AbstractSet<T> {
    private static final Counted<?> EMPTY = new Counted<>(PersistentMap.empty());

    private final PersistentMap<T, Integer> counts;

    /** Takes in what differs between two versions. */
    @FunctionalInterface
    public interface Difference<T> {
        /** {@code element} is in the later version alone if {@code added}, in the earlier one alone if not. */
        void accept(T element, boolean added);
    }

    private Counted(PersistentMap<T, Integer> counts) {
        this.counts = counts;
    }

    /** The set without elements. */
    @SuppressWarnings("unchecked") // It has no elements of any type.
    public static <T> Counted<T> empty() {
        return (Counted<T>) EMPTY;
    }

    /** Tells {@code difference} of every element that is in one of both only. */
    public static <T> void compare(Counted<T> before, Counted<T> after, Difference<? super T> difference) {
        PersistentMap.compare(before.counts, after.counts, (element, was, is) -> {
            if (was == null || is == null) {
                difference.accept(element, is != null);
            }
        });
    }

    /** The same with one more reason for {@code element}. */
    public Counted<T> plus(T element) {
        Integer count = counts.get(element);
        return new Counted<>(counts.with(element, count == null ? 1 : count + 1));
    }

    /** The same with one reason less for {@code element}, which is there. */
    public Counted<T> minus(T element) {
        Integer count = counts.get(element);
        if (count == null) {
            return this;
        }
        return new Counted<>(count == 1 ? counts.without(element) : counts.with(element, count - 1));
    }

    @Override
    public boolean contains(@Nullable Object element) {
        return counts.containsKey(element);
    }

    @Override
    public int size() {
        return counts.size();
    }

    @Override
    public Iterator<T> iterator() {
        return counts.keySet().iterator();
    }
}
