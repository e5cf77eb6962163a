package io.kubeferry.agent.watch;

import io.kubeferry.agent.state.ObjectName;
import java.time.Duration;
import java.util.List;

/**
 * A place that Services, EndpointSlices and this node's Node object come from.
 *
 * <p>Threading: {@link #start} and {@link #close} are called once each, from one thread; events arrive on threads of the
 * source's own.
 */
public interface ClusterSource extends AutoCloseable {
    /**
     * Begins to watch and returns at once, whether or not the source can be reached. Trouble is logged and retried for
     * ever.
     */
    void start(ClusterListener listener);

    /**
     * Asks once for the own Node, apart from all watching, and returns within {@code patience} or little later. From any
     * thread, before or after {@link #start}.
     */
    NodeAnswer findNode(Duration patience);

    /** What this source reads, for the log: {@code API server https://…}, {@code manifests in DIR}. */
    String description();

    /** What keeps this source from being read now, in sentences for people; empty while all is well. From any thread. */
    default List<String> problems() {
        return List.of();
    }

    /** Ends all watching. No event arrives after this returns. */
    @Override
    void close();

    /**
     * Tells the owner of {@code service} about trouble, where the source has a way to do so; nothing happens elsewhere.
     * Never blocks.
     *
     * @param reason in one word, as kube-proxy has it
     * @param action what was being done
     * @param note a sentence for people
     */
    default void warnOwner(ObjectName service, String reason, String action, String note) {}

    /** The same for what the processes of all nodes say in the same words: the owner hears it once. */
    default void warnOwnerTogether(ObjectName service, String reason, String action, String note) {}

    /**
     * Tells the owner of this node about trouble in the words of {@link #warnOwner}, as soon as it is known that there is
     * such a Node. Never blocks.
     */
    default void warnNode(String reason, String action, String note) {}

    /** Tells what is still to be told, for a process that ends because of it. Takes no longer than {@code atMost}. */
    default void lastWords(Duration atMost) {}
}
