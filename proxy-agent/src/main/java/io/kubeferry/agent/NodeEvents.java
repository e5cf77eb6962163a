package io.kubeferry.agent;

import io.kubeferry.agent.watch.apiserver.ApiEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the owner of this node is told, as soon as it is known that there is such a Node: a laptop has nothing to tell a
 * cluster. Thread-safe; only {@link #lastWords} blocks.
 */
final class NodeEvents {
    /** Of servers that do not come up there are two, each told again only for another reason. */
    private static final int MAX_HELD = 16;

    private final ApiEvents events;
    private final String name;
    private final ApiEvents.Regarding node;
    /** What is to be told when the Node has been seen. */
    private final List<Runnable> held = new ArrayList<>();

    private boolean seen;

    /** Tells about the Node {@code name} by {@code events}. As in kube-proxy's Events, the Node's uid is its name. */
    NodeEvents(ApiEvents events, String name) {
        this.events = events;
        this.name = name;
        this.node = new ApiEvents.Regarding("Node", Optional.empty(), name, Optional.of(name));
    }

    /** There is such a Node. It is told, in kube-proxy's own words, which tools look for, that its proxy starts. */
    synchronized void seen() {
        events.tell(node, "Starting", "StartKubeProxy", "kubeferry starts");
        seen = true;
        release();
    }

    synchronized void warn(String reason, String action, String note) {
        if (held.size() < MAX_HELD) {
            held.add(() -> events.warn(node, reason, action, note));
        }
        if (seen) {
            release();
        }
    }

    /** For a process that ends before it has seen anything: asks for the Node, and tells what there is. */
    void lastWords(Duration atMost) {
        Thread telling = Thread.ofVirtual().start(() -> {
            if (events.hasNode(name)) {
                release();
                events.finish(atMost);
            }
        });
        try {
            telling.join(atMost);
        } catch (InterruptedException inAHurry) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void release() {
        held.forEach(Runnable::run);
        held.clear();
    }
}
