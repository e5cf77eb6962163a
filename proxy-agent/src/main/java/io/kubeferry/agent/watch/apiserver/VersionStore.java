package io.kubeferry.agent.watch.apiserver;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an informer must remember to tell additions, changes and removals apart: name and version of each object, and
 * nothing else. The objects themselves are kept by the agent, translated. Thread-safe.
 *
 * @param <T> the kind of object
 */
final class VersionStore<T extends HasMetadata> implements ItemStore<T> {
    private record Entry(@Nullable String namespace, String name, String version) {}

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final Supplier<T> newObject;

    VersionStore(Supplier<T> newObject) {
        this.newObject = newObject;
    }

    @Override
    public String getKey(T object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public @Nullable T put(String key, T object) {
        ObjectMeta metadata = object.getMetadata();
        return shell(entries.put(
                key, new Entry(metadata.getNamespace(), metadata.getName(), metadata.getResourceVersion())));
    }

    @Override
    public @Nullable T remove(String key) {
        return shell(entries.remove(key));
    }

    @Override
    public Stream<String> keySet() {
        return entries.keySet().stream();
    }

    @Override
    public Stream<T> values() {
        return entries.values().stream().map(this::filled);
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public @Nullable T get(String key) {
        return shell(entries.get(key));
    }

    /** Makes the informer tell of additions while it has the objects in its hands, instead of after the list. */
    @Override
    public boolean isFullState() {
        return false;
    }

    private @Nullable T shell(@Nullable Entry entry) {
        return entry == null ? null : filled(entry);
    }

    private T filled(Entry entry) {
        T object = newObject.get();
        ObjectMeta metadata = new ObjectMeta();
        metadata.setNamespace(entry.namespace());
        metadata.setName(entry.name());
        metadata.setResourceVersion(entry.version());
        object.setMetadata(metadata);
        return object;
    }
}
