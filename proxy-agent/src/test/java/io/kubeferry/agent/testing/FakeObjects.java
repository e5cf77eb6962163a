package io.kubeferry.agent.testing;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What an API server keeps: the objects of each resource, their versions, and a history for watches, which can be forgotten.
 * Thread-safe.
 */
final class FakeObjects {
    private final Map<String, Map<String, HasMetadata>> objects = new HashMap<>();
    private final List<Change> history = new ArrayList<>();
    private long version = 100;
    private long oldestVersion = 100;
    private long watchEpoch;

    /** One event of a watch, and the version that it leads to. */
    record Change(long version, String resource, String type, String json) {
        String event() {
            return "{\"type\":\"" + type + "\",\"object\":" + json + "}";
        }
    }

    synchronized void put(String resource, HasMetadata object) {
        object.getMetadata().setResourceVersion(Long.toString(++version));
        boolean known = kind(resource).put(key(object), object) != null;
        changed(resource, known ? "MODIFIED" : "ADDED", Serialization.asJson(object));
    }

    synchronized void delete(String resource, String namespace, String name) {
        HasMetadata object = kind(resource).remove(namespace + "/" + name);
        object.getMetadata().setResourceVersion(Long.toString(++version));
        changed(resource, "DELETED", Serialization.asJson(object));
    }

    synchronized void bookmark(String resource, String apiVersion, String kind) {
        version++;
        changed(
                resource,
                "BOOKMARK",
                "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{\"resourceVersion\":\"%d\"}}"
                        .formatted(apiVersion, kind, version));
    }

    synchronized void forgetHistory() {
        history.clear();
        oldestVersion = ++version;
    }

    /** Watches that begin with the value of now go on until {@link #endWatches}. */
    synchronized long watchEpoch() {
        return watchEpoch;
    }

    synchronized void endWatches() {
        watchEpoch++;
        notifyAll();
    }

    synchronized boolean hasHistorySince(long since) {
        return since >= oldestVersion;
    }

    /** Waits for changes of {@code resource} after a version; empty if a watch that began in {@code epoch} is to end. */
    synchronized Optional<List<Change>> awaitChanges(String resource, long since, long epoch)
            throws InterruptedException {
        while (epoch == watchEpoch) {
            List<Change> next = history.stream()
                    .filter(change -> change.resource.equals(resource) && change.version > since)
                    .toList();
            if (!next.isEmpty()) {
                return Optional.of(next);
            }
            wait();
        }
        return Optional.empty();
    }

    /** The answer to a list. */
    synchronized String list(String resource) {
        return kind(resource).values().stream()
                .map(Serialization::asJson)
                .collect(Collectors.joining(
                        ",", "{\"metadata\":{\"resourceVersion\":\"" + version + "\"},\"items\":[", "]}"));
    }

    synchronized Optional<String> get(String resource, String name) {
        return kind(resource).values().stream()
                .filter(object -> object.getMetadata().getName().equals(name))
                .map(Serialization::asJson)
                .findFirst();
    }

    private void changed(String resource, String type, String json) {
        history.add(new Change(version, resource, type, json));
        notifyAll();
    }

    private Map<String, HasMetadata> kind(String resource) {
        return objects.computeIfAbsent(resource, _ -> new TreeMap<>());
    }

    private static String key(HasMetadata object) {
        return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
    }
}
