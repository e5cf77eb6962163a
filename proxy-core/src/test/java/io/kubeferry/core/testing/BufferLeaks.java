package io.kubeferry.core.testing;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** What Netty's leak detectors find in this process: resources that became garbage unreleased. Thread-safe. */
final class BufferLeaks {
    private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** The references of one collection reach their queues in no particular order: those of the first, by the second. */
    private static final int COLLECTIONS = 2;

    private BufferLeaks() {}

    /** Gathers the reports of every detector made from now on, and has them follow every resource. */
    static void watch() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        if (!(ResourceLeakDetectorFactory.instance() instanceof ReportingFactory)) {
            ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ReportingFactory());
        }
    }

    /** Collects garbage and returns the leaks found since the last call, each with its trace. */
    static List<String> find() {
        for (int i = 0; i < COLLECTIONS; i++) {
            collectGarbage();
        }
        // Detectors look at what was collected when they are given something new to follow.
        ByteBufAllocator.DEFAULT.buffer(1).release();
        List<String> found = new ArrayList<>();
        for (String report = REPORTS.poll(); report != null; report = REPORTS.poll()) {
            found.add(report);
        }
        return found;
    }

    /** Returns when garbage made before has been collected and its references have been queued. */
    private static void collectGarbage() {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        PhantomReference<Object> garbage = new PhantomReference<>(new Object(), collected);
        System.gc();
        try {
            if (collected.remove(PATIENCE.toMillis()) == null) {
                throw new AssertionError("no garbage was collected within " + PATIENCE);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            Reference.reachabilityFence(garbage);
        }
    }

    private static final class ReportingFactory extends ResourceLeakDetectorFactory {
        @Override
        @Deprecated
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            return new ReportingDetector<>(resource, samplingInterval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
            return new ReportingDetector<>(resource, samplingInterval);
        }
    }

    /** Keeps its reports instead of logging them, whatever is logged. */
    private static final class ReportingDetector<T> extends ResourceLeakDetector<T> {
        ReportingDetector(Class<T> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            REPORTS.add(resourceType
                    + records.lines()
                            .filter(line -> !line.startsWith("\tjava.base/")
                                    && !line.startsWith("\torg.junit.")
                                    && !line.startsWith("\torg.apache.maven."))
                            .collect(Collectors.joining("\n")));
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            REPORTS.add(resourceType + ", made where nobody looked");
        }
    }
}
