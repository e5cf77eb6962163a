package io.kubeferry.it.stop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.testing.Await;
import io.kubeferry.core.testing.Transports;
import io.kubeferry.it.bytes.NumberedBytes;
import io.kubeferry.it.process.RunningAgent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** SIGTERM while connections of every kind are under way and many more come and go. */
class DrainIT {
    private static final long MORE_THAN_BUFFERS = 128L << 20;
    private static final int QUEUED = 500;
    private static final int SIGTERM_TWICE = 128 + 15;

    @TempDir
    private Path folder;

    private DrainedServices services;

    @BeforeEach
    void offerServices() throws Exception {
        services = new DrainedServices(folder);
    }

    @AfterEach
    void close() throws Exception {
        services.close();
    }

    static List<String> transports() {
        return Transports.available().stream().map(DrainIT::word).toList();
    }

    private static String word(TransportPreference transport) {
        return transport.name().toLowerCase(Locale.ROOT);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatIsUnderWayFinishes(String transport) throws Exception {
        try (RunningAgent agent = start("--transport=" + transport, "--drain-timeout=50s", "--connect-timeout=3s");
                ShortConnections load = new ShortConnections(services.echo());
                Socket idle = services.echo().connect();
                Socket slowReader = services.echo().connect();
                Socket busy = services.stream().connect();
                Socket waiting = services.late().connect();
                Socket told = services.talker().connect()) {
            load.awaitSome();
            assertEchoes(idle, "before");
            CompletableFuture<Long> sent = NumberedBytes.sendAsync(slowReader, 3, MORE_THAN_BUFFERS);
            CompletableFuture<Long> received = CompletableFuture.supplyAsync(() -> receive(busy));
            say(waiting, "a question");
            waiting.shutdownOutput();
            assertThat(told.getInputStream().readAllBytes()).asString().isEqualTo("bye");
            // Endpoints take turns: one of two is dialled in vain first, and all of what it is for is there already.
            try (Socket first = dialling();
                    Socket second = dialling()) {
                agent.command().signal("TERM");
                agent.awaitOutput("stopped accepting");
                services.echo().awaitRefused();
                services.agentHasStopped();

                assertEchoes(idle, "after");
                idle.shutdownOutput();
                assertThat(idle.getInputStream().read()).isEqualTo(-1);
                assertThat(NumberedBytes.receive(slowReader)).isEqualTo(sent.join());
                assertThat(received.join()).isEqualTo(services.streamed().join());
                busy.shutdownOutput();
                assertThat(waiting.getInputStream().readAllBytes()).asString().isEqualTo("re: a question");
                say(told, "after your end");
                told.shutdownOutput();
                assertThat(services.heardByTalker().join()).isEqualTo("after your end");
                for (Socket socket : List.of(first, second)) {
                    assertThat(socket.getInputStream().readAllBytes())
                            .asString()
                            .startsWith("got PROXY TCP4 127.0.0.1 ")
                            .endsWith(socket.getLocalPort() + " "
                                    + services.dialled().port() + "\r\nhello");
                }
                assertThat(agent.command().exitCode())
                        .as(agent.command().output())
                        .isZero();
            }
            assertThat(agent.command().output()).doesNotContain("were reset", "Exception");
            assertThat(reasons()).doesNotContain("drain_deadline");
            assertThat(load.cutAnswers()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatIsLeftAtTheDeadlineIsResetAndCounted(String transport) throws Exception {
        try (RunningAgent agent = start("--transport=" + transport, "--drain-timeout=1s", "--connect-timeout=5m");
                ShortConnections load = new ShortConnections(services.echo());
                Socket idle = services.echo().connect();
                Socket slowReader = services.echo().connect();
                Socket busy = services.stream().connect();
                Socket waiting = services.late().connect();
                Socket told = services.talker().connect();
                Socket connecting = services.unreachable().connect()) {
            load.awaitSome();
            assertEchoes(idle, "before");
            CompletableFuture<Long> sent = NumberedBytes.sendAsync(slowReader, 3, MORE_THAN_BUFFERS);
            assertThat(busy.getInputStream().read()).isNotNegative();
            CompletableFuture<Long> received = CompletableFuture.supplyAsync(() -> receive(busy));
            say(waiting, "a question");
            waiting.shutdownOutput();
            assertThat(told.getInputStream().readAllBytes()).asString().isEqualTo("bye");
            say(connecting, "hello");
            awaitActive(agent, "stream", 1);
            awaitActive(agent, "late", 1);
            awaitActive(agent, "unreachable", 1);
            agent.command().signal("TERM");
            for (Socket socket : List.of(idle, waiting, connecting)) {
                assertThatThrownBy(() -> NumberedBytes.receive(socket)).hasMessageContaining("reset");
            }
            assertThatThrownBy(received::join).hasMessageContaining("reset");
            // The kernel tells one call of a socket of a reset: here that is the write under way.
            assertThatThrownBy(sent::join).hasMessageMatching(".*(reset|Broken pipe).*");
            // Whose answer had ended hears of it when it speaks.
            assertThatThrownBy(() -> {
                        while (true) {
                            say(told, "after your end");
                        }
                    })
                    .hasMessageMatching(".*(reset|Broken pipe).*");
            assertThat(agent.command().exitCode()).as(agent.command().output()).isZero();
            assertThat(services.heardByTalker()).as("the endpoint").isCompletedExceptionally();
            assertThat(services.streamed()).as("the endpoint").isCompletedExceptionally();
            assertThat(agent.command().lines("were reset: connections=6 reason=drain_deadline most of: "))
                    .singleElement()
                    .asString()
                    .contains("it/echo:http=2", "it/late:http=1", "it/stream:http=1", "it/talker:http=1")
                    .contains("it/unreachable:http=1");
            assertThat(reasons()).filteredOn("drain_deadline"::equals).hasSize(6);
            assertThat(load.cutAnswers()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void connectionsThatNobodyHasAcceptedYetAreServed(String transport) throws Exception {
        List<Socket> queued = new ArrayList<>();
        try (RunningAgent agent = start("--transport=" + transport)) {
            // The kernel goes on making connections.
            agent.command().signal("STOP");
            for (int i = 0; i < QUEUED; i++) {
                queued.add(services.echo().connect());
            }
            agent.command().signal("TERM");
            agent.command().signal("CONT");
            for (Socket socket : queued) {
                assertEchoes(socket, "served");
                socket.close();
            }
            assertThat(agent.command().exitCode()).as(agent.command().output()).isZero();
            assertThat(agent.command().output()).doesNotContain("were reset", "Exception");
        } finally {
            for (Socket socket : queued) {
                socket.close();
            }
        }
    }

    @Test
    void aSecondSignalEndsAtOnceUnderLoad() throws Exception {
        try (RunningAgent agent = start("--drain-timeout=1h");
                ShortConnections load = new ShortConnections(services.echo());
                Socket idle = services.echo().connect()) {
            load.awaitSome();
            assertEchoes(idle, "before");
            agent.command().signal("TERM");
            services.echo().awaitRefused();
            assertEchoes(idle, "after");
            agent.command().signal("TERM");
            assertThat(agent.command().exitCode()).isEqualTo(SIGTERM_TWICE);
        }
    }

    private RunningAgent start(String... flags) throws Exception {
        String accessLog = "--access-log=" + folder.resolve("access.log");
        RunningAgent agent = RunningAgent.onManifests(
                folder, Stream.concat(Stream.of(flags), Stream.of(accessLog)).toArray(String[]::new));
        // Said when all of them listen; it is the last one.
        agent.awaitOutput("it/unreachable:http ClusterIP");
        return agent;
    }

    /** A client that has said all it has to say while its endpoint is being connected. */
    private Socket dialling() throws IOException {
        Socket socket = services.dialled().connect();
        say(socket, "hello");
        socket.shutdownOutput();
        return socket;
    }

    private static void awaitActive(RunningAgent agent, String service, int connections) throws Exception {
        Await.until(() -> agent.metric("kubeferry_connections_active", "service=\"" + service + "\"") == connections);
    }

    private List<String> reasons() throws IOException {
        return Files.readAllLines(folder.resolve("access.log")).stream()
                .map(line -> line.replaceAll(".* reason=", ""))
                .toList();
    }

    private static long receive(Socket socket) {
        try {
            return NumberedBytes.receive(socket);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void say(Socket socket, String words) throws IOException {
        socket.getOutputStream().write(words.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertEchoes(Socket socket, String words) throws IOException {
        say(socket, words);
        assertThat(socket.getInputStream().readNBytes(words.length()))
                .asString()
                .isEqualTo(words);
    }
}
