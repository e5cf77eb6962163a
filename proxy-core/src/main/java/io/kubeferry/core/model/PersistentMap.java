package io.kubeferry.core.model;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map of which changed versions are cheap: a new version shares all but a handful of its parts with the one
 * before, and what differs between two versions is found by looking at the parts that they do not share. So every stage
 * between the cluster and the data path can have complete states and still work on changes alone.
 *
 * <p>A hash trie with 32 branches a level (P. Bagwell, <i>Ideal Hash Trees</i>, 2001). Which way it branches depends on
 * its keys alone, not on how it came about. Iteration follows the hashes of the keys: use it where order does not matter.
 *
 * <p>Thread-safe, as it never changes. Keys and values are never null.
 */
@SuppressWarnings("ReferenceEquality") // What two versions share is the same object: that is how it is found.
public final class PersistentMap<K, V> extends AbstractMap<K, V> {
    private static final int BITS_PER_LEVEL = 5;
    private static final int HASH_BITS = 32;

    private static final PersistentMap<?, ?> EMPTY = new PersistentMap<>(null, 0);

    /** Null if there is no entry. */
    private final @Nullable Node<K, V> root;

    private final int size;

    /** Takes in what differs between two versions. */
    @FunctionalInterface
    public interface Difference<K, V> {
        /** Null is what is not there; never both. */
        void accept(K key, @Nullable V before, @Nullable V after);
    }

    private PersistentMap(@Nullable Node<K, V> root, int size) {
        this.root = root;
        this.size = size;
    }

    /** The map without entries. */
    @SuppressWarnings("unchecked") // It has neither keys nor values of any type.
    public static <K, V> PersistentMap<K, V> empty() {
        return (PersistentMap<K, V>) EMPTY;
    }

    /** The map with the entries of {@code map}. */
    public static <K, V> PersistentMap<K, V> copyOf(Map<? extends K, ? extends V> map) {
        PersistentMap<K, V> copy = empty();
        for (Map.Entry<? extends K, ? extends V> entry : map.entrySet()) {
            copy = copy.with(entry.getKey(), entry.getValue());
        }
        return copy;
    }

    /**
     * Tells {@code difference} of every key whose value is not the same object in both versions, in no order. Costs little
     * more than the changes that lie between them, where the one came about from the other.
     */
    public static <K, V> void compare(
            PersistentMap<K, V> before, PersistentMap<K, V> after, Difference<? super K, ? super V> difference) {
        compare(before.root, after.root, 0, difference);
    }

    /** The same with {@code value} under {@code key}; this very map if that is there already. */
    public PersistentMap<K, V> with(K key, V value) {
        int hash = hash(key);
        Leaf<K, V> known = root == null ? null : root.find(hash, key, 0);
        if (known != null && known.value == value) {
            return this;
        }
        Leaf<K, V> leaf = new Leaf<>(hash, key, Objects.requireNonNull(value), null);
        return new PersistentMap<>(root == null ? leaf : root.with(leaf, 0), known == null ? size + 1 : size);
    }

    /** The same without {@code key}; this very map if it is not there. */
    public PersistentMap<K, V> without(K key) {
        int hash = hash(key);
        return root == null || root.find(hash, key, 0) == null
                ? this
                : new PersistentMap<>(root.without(hash, key, 0), size - 1);
    }

    @Override
    public @Nullable V get(@Nullable Object key) {
        if (root == null || key == null) {
            return null;
        }
        Leaf<K, V> leaf = root.find(hash(key), key, 0);
        return leaf == null ? null : leaf.value;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void forEach(BiConsumer<? super K, ? super V> action) {
        new Leaves<>(root).forEachRemaining(leaf -> action.accept(leaf.key, leaf.value));
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return size;
            }

            @Override
            public Iterator<Map.Entry<K, V>> iterator() {
                Leaves<K, V> leaves = new Leaves<>(root);
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return leaves.hasNext();
                    }

                    @Override
                    public Map.Entry<K, V> next() {
                        Leaf<K, V> leaf = leaves.next();
                        return Map.entry(leaf.key, leaf.value);
                    }
                };
            }
        };
    }

    /** Hash codes of addresses in a row differ in few bits, which shall tell them apart at the first level already. */
    private static int hash(Object key) {
        int spread = key.hashCode() * 0x9e37_79b9;
        return spread ^ (spread >>> 16);
    }

    private static <K, V> void compare(
            @Nullable Node<K, V> before,
            @Nullable Node<K, V> after,
            int shift,
            Difference<? super K, ? super V> difference) {
        if (before == after) {
            return;
        }
        if (before instanceof Branch<K, V> one && after instanceof Branch<K, V> other) {
            for (int bits = one.bitmap | other.bitmap; bits != 0; bits &= bits - 1) {
                int bit = Integer.lowestOneBit(bits);
                compare(one.child(bit), other.child(bit), shift + BITS_PER_LEVEL, difference);
            }
            return;
        }
        // Keys of one hash at least on one side.
        for (Leaves<K, V> leaves = new Leaves<>(before); leaves.hasNext(); ) {
            Leaf<K, V> leaf = leaves.next();
            Leaf<K, V> other = after == null ? null : after.find(leaf.hash, leaf.key, shift);
            if (other == null || other.value != leaf.value) {
                difference.accept(leaf.key, leaf.value, other == null ? null : other.value);
            }
        }
        for (Leaves<K, V> leaves = new Leaves<>(after); leaves.hasNext(); ) {
            Leaf<K, V> leaf = leaves.next();
            if (before == null || before.find(leaf.hash, leaf.key, shift) == null) {
                difference.accept(leaf.key, null, leaf.value);
            }
        }
    }

    /** A part of the trie: all entries whose hashes begin alike. Immutable. */
    private sealed interface Node<K, V> {
        /** The entry of {@code key}, or null. */
        @Nullable
        Leaf<K, V> find(int hash, Object key, int shift);

        /** The same with {@code leaf}, which has no next one. */
        Node<K, V> with(Leaf<K, V> leaf, int shift);

        /** The same without {@code key}, which is there; null if nothing is left. */
        @Nullable
        Node<K, V> without(int hash, Object key, int shift);
    }

    /** An entry, and {@code next} to it those whose keys have the very same hash. */
    private record Leaf<K, V>(
            int hash, K key, V value, @Nullable Leaf<K, V> next) implements Node<K, V> {
        @Override
        public @Nullable Leaf<K, V> find(int wanted, Object other, int shift) {
            if (wanted != hash) {
                return null;
            }
            for (Leaf<K, V> leaf = this; leaf != null; leaf = leaf.next) {
                if (leaf.key.equals(other)) {
                    return leaf;
                }
            }
            return null;
        }

        @Override
        public Node<K, V> with(Leaf<K, V> leaf, int shift) {
            return leaf.hash == hash
                    ? new Leaf<>(hash, leaf.key, leaf.value, without(leaf.key))
                    : Branch.of(this, leaf, shift);
        }

        @Override
        public @Nullable Node<K, V> without(int wanted, Object other, int shift) {
            return without(other);
        }

        private @Nullable Leaf<K, V> without(Object other) {
            if (key.equals(other)) {
                return next;
            }
            return next == null ? this : new Leaf<>(hash, key, value, next.without(other));
        }
    }

    /** Entries of which at least two differ in the hash. Of 32 children only those are there that {@code bitmap} has. */
    private static final class Branch<K, V> implements Node<K, V> {
        private final int bitmap;
        private final Node<K, V>[] children;

        private Branch(int bitmap, Node<K, V>[] children) {
            this.bitmap = bitmap;
            this.children = children;
        }

        /** Two entries that differ in the hash, but not before {@code shift}. */
        static <K, V> Branch<K, V> of(Leaf<K, V> one, Leaf<K, V> other, int shift) {
            int bit = bit(one.hash, shift);
            int otherBit = bit(other.hash, shift);
            if (bit == otherBit) {
                Node<K, V>[] child = nodes(1);
                child[0] = of(one, other, shift + BITS_PER_LEVEL);
                return new Branch<>(bit, child);
            }
            Node<K, V>[] both = nodes(2);
            boolean first = Integer.compareUnsigned(bit, otherBit) < 0;
            both[0] = first ? one : other;
            both[1] = first ? other : one;
            return new Branch<>(bit | otherBit, both);
        }

        @Override
        public @Nullable Leaf<K, V> find(int hash, Object key, int shift) {
            Node<K, V> child = child(bit(hash, shift));
            return child == null ? null : child.find(hash, key, shift + BITS_PER_LEVEL);
        }

        @Override
        public Node<K, V> with(Leaf<K, V> leaf, int shift) {
            int bit = bit(leaf.hash, shift);
            int index = index(bit);
            if ((bitmap & bit) != 0) {
                Node<K, V>[] changed = children.clone();
                changed[index] = children[index].with(leaf, shift + BITS_PER_LEVEL);
                return new Branch<>(bitmap, changed);
            }
            Node<K, V>[] more = nodes(children.length + 1);
            System.arraycopy(children, 0, more, 0, index);
            more[index] = leaf;
            System.arraycopy(children, index, more, index + 1, children.length - index);
            return new Branch<>(bitmap | bit, more);
        }

        @Override
        public @Nullable Node<K, V> without(int hash, Object key, int shift) {
            int bit = bit(hash, shift);
            int index = index(bit);
            Node<K, V> left = children[index].without(hash, key, shift + BITS_PER_LEVEL);
            if (left != null) {
                if (children.length == 1 && left instanceof Leaf) {
                    return left;
                }
                Node<K, V>[] changed = children.clone();
                changed[index] = left;
                return new Branch<>(bitmap, changed);
            }
            if (children.length == 2 && children[1 - index] instanceof Leaf) {
                return children[1 - index];
            }
            Node<K, V>[] fewer = nodes(children.length - 1);
            System.arraycopy(children, 0, fewer, 0, index);
            System.arraycopy(children, index + 1, fewer, index, fewer.length - index);
            return new Branch<>(bitmap & ~bit, fewer);
        }

        @Nullable
        Node<K, V> child(int bit) {
            return (bitmap & bit) == 0 ? null : children[index(bit)];
        }

        private int index(int bit) {
            return Integer.bitCount(bitmap & (bit - 1));
        }

        private static int bit(int hash, int shift) {
            // Two hashes that differ do so before all bits are used up.
            assert shift < HASH_BITS : "no bits left at " + shift;
            return 1 << (hash >>> shift);
        }

        @SuppressWarnings("unchecked") // Arrays know no type parameters.
        private static <K, V> Node<K, V>[] nodes(int length) {
            return (Node<K, V>[]) new Node<?, ?>[length];
        }
    }

    /** All entries under a node. */
    private static final class Leaves<K, V> implements Iterator<Leaf<K, V>> {
        private final ArrayDeque<Node<K, V>> waiting = new ArrayDeque<>();

        Leaves(@Nullable Node<K, V> node) {
            if (node != null) {
                waiting.push(node);
            }
        }

        @Override
        public boolean hasNext() {
            return !waiting.isEmpty();
        }

        @Override
        public Leaf<K, V> next() {
            if (waiting.isEmpty()) {
                throw new NoSuchElementException();
            }
            Node<K, V> node = waiting.pop();
            while (node instanceof Branch<K, V> branch) {
                for (int i = branch.children.length - 1; i > 0; i--) {
                    waiting.push(branch.children[i]);
                }
                node = branch.children[0];
            }
            Leaf<K, V> leaf = (Leaf<K, V>) node;
            if (leaf.next != null) {
                waiting.push(leaf.next);
            }
            return leaf;
        }
    }
}
