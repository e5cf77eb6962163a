package io.kubeferry.it.semantics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeferry.it.process.RunningCommand;
import io.kubeferry.it.process.ServicePlace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What {@code kubeferry plan -o json} says of a folder. Immutable. */
record Planned(JsonNode plan) {
    /** One address of a Service in the plan. */
    record Listener(String kind, String state, ServicePlace place, List<String> endpoints) {}

    /** Plans with the flags that the agent beside it has. */
    static Planned of(Path folder, String... flags) throws Exception {
        List<String> words = new ArrayList<>(List.of("plan", "-o", "json", "--manifests", folder.toString()));
        words.addAll(List.of(flags));
        RunningCommand.Ended ended = RunningCommand.run(Map.of(), words);
        if (ended.exitCode() != 0) {
            throw new AssertionError("exit code " + ended.exitCode() + ": " + ended.output());
        }
        // Log lines come before.
        return new Planned(new ObjectMapper()
                .readTree(ended.output().substring(ended.output().indexOf("{\n"))));
    }

    /** The addresses of {@code service}, in the plan's order. */
    List<Listener> listeners(String service) {
        return stream(plan.get("listeners"))
                .filter(listener -> listener.get("service").textValue().startsWith(service + ":"))
                .map(Planned::listener)
                .toList();
    }

    private static Listener listener(JsonNode listener) {
        String bound = listener.get("bound").textValue();
        int colon = bound.lastIndexOf(':');
        return new Listener(
                listener.get("kind").textValue(),
                listener.get("state").textValue(),
                new ServicePlace(bound.substring(0, colon), Integer.parseInt(bound.substring(colon + 1))),
                stream(listener.get("endpoints")).map(JsonNode::textValue).toList());
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
