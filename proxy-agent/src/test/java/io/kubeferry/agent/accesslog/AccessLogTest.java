package io.kubeferry.agent.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeferry.agent.options.AccessLogFormat;
import io.kubeferry.agent.options.AccessLogOptions;
import io.kubeferry.core.model.Protocol;
import io.kubeferry.core.model.ServicePortName;
import io.kubeferry.core.observe.CloseReason;
import io.kubeferry.core.observe.ConnectionSummary;
import io.kubeferry.core.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.250Z");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path folder;

    @Test
    void linesForPeopleHaveEverythingInOneLine() throws IOException {
        assertThat(lines(AccessLogFormat.TEXT, connected("web"), refused()))
                .containsExactly(
                        "2026-03-01T10:00:00.250Z shop/web:http client=10.0.0.7:40000 listener=127.96.0.10:80"
                                + " endpoint=10.244.1.5:8080 attempts=2 connect=0.000300s duration=1.250000s"
                                + " bytes_to_endpoint=10 bytes_to_client=2000 reason=completed",
                        "2026-03-01T10:00:00.250Z shop/web:http client=[fd00::7]:40000 listener=[fd00::1]:80"
                                + " endpoint=- attempts=0 connect=- duration=0.000002s"
                                + " bytes_to_endpoint=0 bytes_to_client=0 reason=connection_limit");
    }

    @Test
    void linesForMachinesAreJson() throws IOException {
        List<String> lines = lines(AccessLogFormat.JSON, connected("web"), refused());
        JsonNode first = JSON.readTree(lines.get(0));
        assertThat(first.get("time").textValue()).isEqualTo("2026-03-01T10:00:00.250Z");
        assertThat(first.get("namespace").textValue()).isEqualTo("shop");
        assertThat(first.get("service").textValue()).isEqualTo("web");
        assertThat(first.get("port").textValue()).isEqualTo("http");
        assertThat(first.get("client").textValue()).isEqualTo("10.0.0.7:40000");
        assertThat(first.get("listener").textValue()).isEqualTo("127.96.0.10:80");
        assertThat(first.get("endpoint").textValue()).isEqualTo("10.244.1.5:8080");
        assertThat(first.get("attempts").intValue()).isEqualTo(2);
        assertThat(first.get("connectSeconds").doubleValue()).isEqualTo(0.0003);
        assertThat(first.get("durationSeconds").doubleValue()).isEqualTo(1.25);
        assertThat(first.get("bytesToEndpoint").longValue()).isEqualTo(10);
        assertThat(first.get("bytesToClient").longValue()).isEqualTo(2000);
        assertThat(first.get("reason").textValue()).isEqualTo("completed");
        JsonNode second = JSON.readTree(lines.get(1));
        assertThat(second.get("endpoint").isNull()).isTrue();
        assertThat(second.get("connectSeconds").isNull()).isTrue();
    }

    @Test
    void namesCannotForgeALine() throws IOException {
        String hostile = "a \n2026\t\"<b>";
        assertThat(lines(AccessLogFormat.TEXT, connected(hostile)))
                .singleElement()
                .asString()
                .startsWith("2026-03-01T10:00:00.250Z shop/a??2026?\"<b>:http client=");
        assertThat(lines(AccessLogFormat.JSON, connected(hostile)))
                .singleElement()
                .satisfies(line -> assertThat(JSON.readTree(line).get("service").textValue())
                        .isEqualTo(hostile));
    }

    @Test
    void aFileIsAppendedTo() throws IOException {
        Path file = folder.resolve("access.log");
        AccessLogOptions options = new AccessLogOptions(Optional.of(file), AccessLogFormat.TEXT);
        for (int run = 0; run < 2; run++) {
            try (AccessLog log = AccessLog.open(options, () -> NOW)) {
                log.ended(connected("web"));
            }
        }
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    @Test
    void aFileThatWasMovedAwayIsBegunAnewWithinASecond() throws IOException {
        AtomicLong nanos = new AtomicLong();
        Path file = folder.resolve("access.log");
        try (RotatedFile log = new RotatedFile(file, nanos::get)) {
            log.write(bytes("a"));
            Files.move(file, folder.resolve("access.log.1"));
            log.write(bytes("b"));
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            log.write(bytes("c"));
            log.write(bytes("d"));
        }
        assertThat(folder.resolve("access.log.1")).hasContent("ab");
        assertThat(file).hasContent("cd");
    }

    @Test
    void aFileThatWasMovedAwayIsLetGoAlsoWhenNothingIsWritten() throws IOException {
        AtomicLong nanos = new AtomicLong();
        Path file = folder.resolve("access.log");
        try (RotatedFile log = new RotatedFile(file, nanos::get)) {
            Files.move(file, folder.resolve("access.log.1"));
            log.idle();
            assertThat(file).doesNotExist();
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            log.idle();
            assertThat(file).isEmptyFile();
        }
    }

    @Test
    void whereItCannotBeBegunAnewTheOldFileGoesOn() throws IOException {
        AtomicLong nanos = new AtomicLong();
        Path logs = Files.createDirectory(folder.resolve("logs"));
        try (RotatedFile log = new RotatedFile(logs.resolve("access.log"), nanos::get)) {
            Files.move(logs, folder.resolve("moved"));
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            log.write(bytes("a"));
        }
        assertThat(folder.resolve("moved/access.log")).hasContent("a");
    }

    @Test
    void afterABugTheLogGoesOnWithWholeLines() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        AtomicInteger writes = new AtomicInteger();
        LineSink mends = sink(bytes -> {
            if (writes.incrementAndGet() == 1) {
                throw new IllegalStateException("a bug");
            }
            drain(bytes, bytes.remaining(), output);
        });
        try (AccessLog log = open(mends, 100)) {
            log.ended(connected("web"));
            Await.until(() -> log.dropped() == 1);
            log.ended(connected("web"));
            Await.until(() -> log.written() == 1);
        }
        assertThat(output.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .startsWith("2026-03-01T10:00:00.250Z shop/web:http client=");
    }

    @Test
    void afterAFailingDiskALineBeginsOnALineOfItsOwn() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        AtomicInteger writes = new AtomicInteger();
        LineSink fullAtFirst = sink(bytes -> {
            if (writes.incrementAndGet() == 1) {
                drain(bytes, 7, output);
                throw new IOException("no space left");
            }
            drain(bytes, bytes.remaining(), output);
        });
        try (AccessLog log = open(fullAtFirst, 100)) {
            log.ended(connected("web"));
            Await.until(() -> log.dropped() == 1);
            log.ended(connected("web"));
            Await.until(() -> log.written() == 1);
        }
        assertThat(output.toString(StandardCharsets.UTF_8))
                .startsWith("2026-03\n2026-03-01T10:00:00.250Z shop/web:http");
    }

    @Test
    void whatTheWriterCannotTakeIsDroppedAndCounted() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        LineSink slow = sink(bytes -> {
            writing.countDown();
            awaitUninterruptibly(stuck);
            bytes.position(bytes.limit());
        });
        AccessLog log = open(slow, 3);
        log.ended(connected("web"));
        Await.until(() -> writing.getCount() == 0); // The writer has taken the first one.
        for (int i = 0; i < 10; i++) {
            log.ended(connected("web"));
        }
        assertThat(log.dropped()).isEqualTo(7);
        stuck.countDown();
        log.close();
        assertThat(log.written()).isEqualTo(4);
        assertThat(log.dropped()).isEqualTo(7);
    }

    @Test
    void whatCannotBeWrittenIsCountedAndTheLogGoesOn() {
        LineSink full = sink(bytes -> {
            throw new IOException("no space left");
        });
        AccessLog log = open(full, 100);
        log.ended(connected("web"));
        log.close();
        assertThat(log.written()).isZero();
        assertThat(log.dropped()).isEqualTo(1);
    }

    @Test
    void whatIsStuckWhenTheLogIsClosedIsCounted() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        LineSink hangs = sink(bytes -> {
            writing.countDown();
            awaitUninterruptibly(stuck);
            bytes.position(bytes.limit());
        });
        AccessLog log = new AccessLog(hangs, AccessLogFormat.TEXT, () -> NOW, 100, Duration.ofMillis(1));
        log.ended(connected("web"));
        Await.until(() -> writing.getCount() == 0); // The writer has taken the first one.
        log.ended(connected("web"));
        log.ended(connected("web"));
        log.close();
        assertThat(log.dropped()).isEqualTo(3);
        stuck.countDown();
        assertThat(log.written()).isZero();
    }

    @Test
    void ofLinesOnAFullDiskThoseThatWereWrittenCount() throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        CountDownLatch mayWrite = new CountDownLatch(1);
        CountDownLatch first = new CountDownLatch(1);
        AtomicInteger writes = new AtomicInteger();
        LineSink fillsUp = sink(bytes -> {
            if (writes.incrementAndGet() == 1) {
                first.countDown();
                awaitUninterruptibly(mayWrite);
                drain(bytes, bytes.remaining(), output);
            } else {
                drain(bytes, bytes.remaining() - 1, output); // All but the last line break.
                throw new IOException("no space left");
            }
        });
        AccessLog log = open(fillsUp, 100);
        log.ended(connected("web"));
        Await.until(() -> first.getCount() == 0);
        for (int i = 0; i < 5; i++) {
            log.ended(connected("web"));
        }
        mayWrite.countDown();
        log.close();
        assertThat(log.written()).isEqualTo(5);
        assertThat(log.dropped()).isEqualTo(1);
        assertThat(output.toString(StandardCharsets.UTF_8).lines()).hasSize(6);
    }

    /** What a sink does with bytes. */
    private interface Writing {
        void write(ByteBuffer bytes) throws IOException;
    }

    private static LineSink sink(Writing writing) {
        return new LineSink() {
            @Override
            public void write(ByteBuffer bytes) throws IOException {
                writing.write(bytes);
            }

            @Override
            public void close() {
                // There is nothing to let go.
            }
        };
    }

    private static AccessLog open(LineSink sink, int maxWaiting) {
        return new AccessLog(sink, AccessLogFormat.TEXT, () -> NOW, maxWaiting, PATIENCE);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void drain(ByteBuffer bytes, int count, ByteArrayOutputStream output) {
        for (int i = 0; i < count; i++) {
            output.write(bytes.get());
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> lines(AccessLogFormat format, ConnectionSummary... summaries) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        LineSink sink = sink(bytes -> drain(bytes, bytes.remaining(), output));
        try (AccessLog log = new AccessLog(sink, format, () -> NOW, 100, PATIENCE)) {
            List.of(summaries).forEach(log::ended);
        }
        return output.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static ConnectionSummary connected(String service) {
        return new ConnectionSummary(
                new ServicePortName("shop", service, "http", Protocol.TCP),
                "http",
                new InetSocketAddress("10.0.0.7", 40_000),
                new InetSocketAddress("127.96.0.10", 80),
                Optional.of(new InetSocketAddress("10.244.1.5", 8080)),
                2,
                Optional.of(Duration.ofNanos(300_000)),
                Duration.ofMillis(1250),
                10,
                2000,
                CloseReason.COMPLETED);
    }

    private static ConnectionSummary refused() {
        return new ConnectionSummary(
                new ServicePortName("shop", "web", "http", Protocol.TCP),
                "http",
                new InetSocketAddress("fd00::7", 40_000),
                new InetSocketAddress("fd00::1", 80),
                Optional.empty(),
                0,
                Optional.empty(),
                Duration.ofNanos(2000),
                0,
                0,
                CloseReason.CONNECTION_LIMIT);
    }
}
