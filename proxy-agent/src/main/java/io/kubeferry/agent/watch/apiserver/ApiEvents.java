package io.kubeferry.agent.watch.apiserver;

import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the owners of objects about trouble, and what goes well, by Events of the API (events.k8s.io/v1), which {@code kubectl describe} shows.
 * Best effort: at most one a second is sent, the same one not again for ten minutes, and what cannot be sent is dropped.
 * Thread-safe; nothing here blocks or throws.
 */
public final class ApiEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiEvents.class);
    private static final int MAX_WAITING = 64;
    private static final int MAX_NOTE_CHARS = 1024;
    private static final Duration REPEAT_AFTER = Duration.ofMinutes(10);
    private static final Duration PACE = Duration.ofSeconds(1);
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final ApiConnection connection;
    private final String nodeName;
    private final InstantSource clock;
    private final BlockingQueue<Report> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Map<Report, Instant> sent = new HashMap<>();
    private final Thread sender;
    private boolean failureTold;

    /**
     * The object that an Event is about.
     *
     * @param kind a kind of API version v1: Service or Node
     * @param namespace empty for a Node
     * @param uid where it is known; that of a Service is asked for
     */
    public record Regarding(String kind, Optional<String> namespace, String name, Optional<String> uid) {}

    /** @param together whether other nodes say the same, which is one Event then */
    private record Report(
            String type, Regarding regarding, String reason, String action, String note, boolean together) {}

    /** What stands for the end of all reports. */
    private static final Report END =
            new Report("", new Regarding("", Optional.empty(), "", Optional.empty()), "", "", "", false);

    /** Begins to send; {@code nodeName} is who reports. */
    public ApiEvents(ApiConnection connection, String nodeName) {
        this(connection, nodeName, InstantSource.system());
    }

    ApiEvents(ApiConnection connection, String nodeName, InstantSource clock) {
        this.connection = connection;
        this.nodeName = nodeName;
        this.clock = clock;
        sender = Thread.ofPlatform().daemon().name("api-events").start(this::run);
    }

    /**
     * Tells of trouble.
     *
     * @param reason in one word: {@code FailedToStartServiceHealthcheck}
     * @param action what was being done: {@code Listen}
     * @param note a sentence for people
     */
    public void warn(Regarding regarding, String reason, String action, String note) {
        offer(new Report("Warning", regarding, reason, action, note, false));
    }

    /** Tells of trouble that the processes of other nodes see too, and tell in the same words: it is one Event. */
    public void warnTogether(Regarding regarding, String reason, String action, String note) {
        offer(new Report("Warning", regarding, reason, action, note, true));
    }

    /** Tells that something went as it should, in the words of {@link #warn}. */
    public void tell(Regarding regarding, String reason, String action, String note) {
        offer(new Report("Normal", regarding, reason, action, note, false));
    }

    /** Whether the API server knows the Node {@code name}, and lets us see it. Blocks. */
    public boolean hasNode(String name) {
        try {
            return connection.client().nodes().withName(name).get() != null;
        } catch (RuntimeException e) {
            LOG.debug("the Node could not be read: node={} problem={}", name, reason(e));
            return false;
        }
    }

    /** Takes no more, and waits until what there is has been sent, but no longer than {@code atMost}. */
    public void finish(Duration atMost) {
        try {
            if (waiting.offer(END) && sender.join(atMost)) {
                LOG.debug("all Events have been sent");
            }
        } catch (InterruptedException inAHurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void offer(Report report) {
        if (!waiting.offer(report)) {
            LOG.debug("too many Events are waiting, one is dropped: reason={} note={}", report.reason(), report.note());
        }
    }

    @Override
    public void close() {
        sender.interrupt();
    }

    private void run() {
        try {
            while (true) {
                Report next = waiting.take();
                if (next.equals(END)) {
                    return;
                }
                Instant now = clock.instant();
                sent.values().removeIf(last -> last.plus(REPEAT_AFTER).isBefore(now));
                if (sent.putIfAbsent(next, now) == null) {
                    send(next, now);
                    TimeUnit.NANOSECONDS.sleep(PACE.toNanos());
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void send(Report report, Instant now) {
        String namespace = report.regarding().namespace().orElse("default");
        try {
            Event _ = connection
                    .client()
                    .events()
                    .v1()
                    .events()
                    .inNamespace(namespace)
                    .resource(event(report, namespace, now))
                    .create();
            failureTold = false;
        } catch (RuntimeException e) {
            if (report.together() && isConflict(e)) {
                LOG.debug("another node has told it: reason={} note={}", report.reason(), report.note());
            } else if (!failureTold) {
                failureTold = true;
                LOG.info(
                        "an Event could not be sent, others may not be either: reason={} problem={}",
                        report.reason(),
                        reason(e));
            }
        }
    }

    private static boolean isConflict(RuntimeException problem) {
        return problem instanceof KubernetesClientException refused && refused.getCode() == 409;
    }

    /**
     * Without it {@code kubectl describe} does not show the Event of a Service. We may list Services, but not get one.
     */
    private @Nullable String uid(Regarding about) {
        if (about.uid().isPresent() || !about.kind().equals("Service")) {
            return about.uid().orElse(null);
        }
        try {
            return connection
                    .client()
                    .services()
                    .inNamespace(about.namespace().orElse("default"))
                    .withField("metadata.name", about.name())
                    .list()
                    .getItems()
                    .stream()
                    .map(Service::getMetadata)
                    .filter(metadata -> about.name().equals(metadata.getName()))
                    .map(ObjectMeta::getUid)
                    .findFirst()
                    .orElse(null);
        } catch (RuntimeException e) {
            LOG.debug("the Service could not be read: name={} problem={}", about.name(), reason(e));
            return null;
        }
    }

    private static String reason(RuntimeException problem) {
        return switch (problem) {
            case KubernetesClientException refused
            when refused.getCode() > 0 ->
                refused.getCode() == 403 ? "forbidden" : FailureWords.status(refused.getCode());
            case RuntimeException other -> FailureWords.failure(other.getCause() == null ? other : other.getCause());
        };
    }

    private Event event(Report report, String namespace, Instant now) {
        Regarding about = report.regarding();
        ObjectReference regarding = new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind(about.kind())
                .withNamespace(about.namespace().orElse(null))
                .withName(about.name())
                .withUid(uid(about))
                .build();
        long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(about.name() + "."
                        + Long.toHexString(report.together() ? Integer.toUnsignedLong(report.hashCode()) : nanos))
                .endMetadata()
                .withEventTime(new MicroTime(MICRO_TIME.format(now)))
                .withType(report.type())
                .withReason(report.reason())
                .withAction(report.action())
                .withNote(report.note()
                        .substring(0, Math.min(MAX_NOTE_CHARS, report.note().length())))
                .withRegarding(regarding)
                .withReportingController("kubeferry")
                .withReportingInstance("kubeferry-" + nodeName)
                .build();
    }
}
