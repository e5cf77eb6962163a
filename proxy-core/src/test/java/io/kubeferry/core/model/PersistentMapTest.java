package io.kubeferry.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersistentMapTest {
    /** A key whose hash code is told. */
    private record Key(String name, int hash) {
        @Override
        public int hashCode() {
            return hash;
        }
    }

    @Test
    void anEarlierVersionStaysAsItIs() {
        PersistentMap<String, Integer> one =
                PersistentMap.<String, Integer>empty().with("a", 1);
        PersistentMap<String, Integer> two = one.with("b", 2).with("a", 3);

        assertThat(one).containsExactly(Map.entry("a", 1));
        assertThat(two).containsOnly(Map.entry("a", 3), Map.entry("b", 2));
        assertThat(two.without("a").without("b")).isEmpty();
        assertThat(two).hasSize(2);
    }

    @Test
    void whatChangesNothingIsTheSameMap() {
        String value = "x";
        PersistentMap<String, String> map = PersistentMap.copyOf(Map.of("a", value, "b", "y"));

        assertThat(map.with("a", value)).isSameAs(map);
        assertThat(map.without("c")).isSameAs(map);
        assertThat(PersistentMap.empty().without("c")).isSameAs(PersistentMap.empty());
    }

    @Test
    void keysOfOneHashAreToldApart() {
        Key a = new Key("a", 7);
        Key b = new Key("b", 7);
        Key c = new Key("c", 7);
        PersistentMap<Key, Integer> two =
                PersistentMap.<Key, Integer>empty().with(a, 1).with(b, 2);

        assertThat(two).containsOnly(Map.entry(a, 1), Map.entry(b, 2)).doesNotContainKey(c);
        assertThat(two.with(b, 3)).containsOnly(Map.entry(a, 1), Map.entry(b, 3));
        assertThat(two.without(a)).containsOnly(Map.entry(b, 2));
        assertThat(two.without(b)).containsOnly(Map.entry(a, 1));
        assertThat(two.without(c)).isSameAs(two);
    }

    @Test
    void anIteratorEndsAndEntriesCannotBeWritten() {
        Iterator<Map.Entry<String, Integer>> entries =
                PersistentMap.<String, Integer>empty().with("a", 1).entrySet().iterator();
        Map.Entry<String, Integer> entry = entries.next();

        assertThatThrownBy(() -> entry.setValue(2)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(entries::next).isInstanceOf(NoSuchElementException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 1_000_000})
    void isAMapWhateverHappensAndTellsWhatHappened(int hashes) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        PersistentMap<Key, Object> map = PersistentMap.empty();
        Map<Key, Object> expected = new HashMap<>();
        PersistentMap<Key, Object> earlier = map;
        Map<Key, Object> expectedEarlier = Map.of();
        for (int step = 0; step < 20_000; step++) {
            int number = random.nextInt(600);
            Key key = new Key("key" + number, new Random(number).nextInt(hashes));
            if (random.nextInt(5) < (step / 4_000 % 2 == 0 ? 3 : 1)) {
                Object value = new Object();
                map = map.with(key, value);
                expected.put(key, value);
            } else {
                map = map.without(key);
                expected.remove(key);
            }
            assertThat(map.get(key)).as("seed %d, step %d", seed, step).isEqualTo(expected.get(key));
            if (step % 100 == 0) {
                assertThat(map.equals(expected))
                        .as("seed %d, step %d: %s is %s", seed, step, map, expected)
                        .isTrue();
                assertThat(told(earlier, map))
                        .as("seed %d, step %d", seed, step)
                        .isEqualTo(differences(expectedEarlier, expected));
                earlier = map;
                expectedEarlier = Map.copyOf(expected);
            }
        }
    }

    @Test
    void twoMapsOfOneContentThatShareNothingDoNotDiffer() {
        Map<String, String> content = new HashMap<>();
        for (int number = 0; number < 1_000; number++) {
            content.put("key" + number, "value" + number);
        }
        PersistentMap<String, String> some = PersistentMap.copyOf(content);
        PersistentMap<String, String> others = PersistentMap.empty();
        for (int number = 999; number >= 0; number--) {
            others = others.with("key" + number, content.getOrDefault("key" + number, ""))
                    .with("passing", "by");
        }

        assertThat(told(some, others.without("passing"))).isEmpty();
    }

    @Test
    void comparingLooksAtNoMoreThanAFewEntriesBesideThoseThatChanged() {
        int[] asked = {0};
        class Counting {
            private final int number;

            Counting(int number) {
                this.number = number;
            }

            @Override
            public int hashCode() {
                asked[0]++;
                return number;
            }

            @Override
            public boolean equals(Object other) {
                asked[0]++;
                return other instanceof Counting counting && counting.number == number;
            }
        }
        PersistentMap<Counting, Integer> before = PersistentMap.empty();
        for (int number = 0; number < 10_000; number++) {
            before = before.with(new Counting(number), number);
        }
        asked[0] = 0;
        PersistentMap<Counting, Integer> after =
                before.with(new Counting(7), -7).with(new Counting(10_001), 1).without(new Counting(9));
        int[] told = {0};
        PersistentMap.compare(before, after, (key, was, is) -> told[0]++);

        assertThat(told[0]).isEqualTo(3);
        assertThat(asked[0]).isLessThan(100);
    }

    private static <K, V> Set<String> told(PersistentMap<K, V> before, PersistentMap<K, V> after) {
        Set<String> differences = new HashSet<>();
        PersistentMap.compare(before, after, (key, was, is) -> differences.add(key + ": " + was + " to " + is));
        return differences;
    }

    private static Set<String> differences(Map<Key, Object> before, Map<Key, Object> after) {
        Set<String> differences = new HashSet<>();
        Set<Key> keys = new HashSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (Key key : keys) {
            // All values are objects of their own.
            if (!Objects.equals(before.get(key), after.get(key))) {
                differences.add(key + ": " + before.get(key) + " to " + after.get(key));
            }
        }
        return differences;
    }
}
