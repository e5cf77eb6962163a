package io.kubeferry.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubeferry.agent.status.StatusClient;
import io.kubeferry.agent.status.StatusDetail;
import io.kubeferry.agent.status.StatusText;
import io.kubeferry.agent.status.TopText;
import io.kubeferry.agent.text.Screen;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.TimeUnit;

/** Asks a running agent what it serves, and shows it. Main thread only. */
final class StatusWork {
    private static final Duration PERIOD = Duration.ofSeconds(2);
    private static final int BUSIEST = 20;

    private final StatusClient client;
    private final PrintStream out;
    private final PrintStream err;
    private final Screen screen;

    StatusWork(InetSocketAddress agent, PrintStream out, PrintStream err) {
        this.client = new StatusClient(agent);
        this.out = out;
        this.err = err;
        this.screen = Screen.of(out);
    }

    /** Asks once, or again and again; what ends the second is a signal. */
    int status(StatusQuestion question) throws InterruptedException {
        JsonNode answer;
        try {
            answer = ask(question);
        } catch (IOException silent) {
            return nobodyAnswers();
        }
        if (question.service().isPresent() && answer.path("services").isEmpty()) {
            err.println("no Service " + question.service().get() + " is served here");
            return ExitCode.FAILURE;
        }
        switch (question.repetition()) {
            case ONCE -> {
                out.print(text(question, answer));
                out.flush();
            }
            case UNTIL_INTERRUPTED -> {
                screen.show(text(question, answer));
                while (true) {
                    pause();
                    screen.show(next(question));
                }
            }
        }
        return ExitCode.OK;
    }

    /** Compares an answer with the one before. */
    int top(Repetition repetition) throws InterruptedException {
        JsonNode before;
        try {
            before = client.services();
            pause();
            JsonNode now = client.services();
            screen.show(TopText.of(before, now, BUSIEST, ZoneId.systemDefault()));
            before = now;
        } catch (IOException silent) {
            return nobodyAnswers();
        }
        while (repetition == Repetition.UNTIL_INTERRUPTED) {
            pause();
            try {
                JsonNode now = client.services();
                screen.show(TopText.of(before, now, BUSIEST, ZoneId.systemDefault()));
                before = now;
            } catch (IOException silent) {
                screen.show(silence());
            }
        }
        return ExitCode.OK;
    }

    private JsonNode ask(StatusQuestion question) throws IOException, InterruptedException {
        return question.service().isPresent()
                ? client.service(question.service().get())
                : client.services();
    }

    private String next(StatusQuestion question) throws InterruptedException {
        try {
            return text(question, ask(question));
        } catch (IOException silent) {
            return silence();
        }
    }

    private static String text(StatusQuestion question, JsonNode answer) {
        return switch (question.format()) {
            case JSON -> answer.toPrettyString() + "\n";
            case TEXT -> question.service().isPresent() ? StatusDetail.of(answer) : StatusText.table(answer);
        };
    }

    private int nobodyAnswers() {
        err.println(silence().strip());
        return ExitCode.FAILURE;
    }

    private String silence() {
        return "no kubeferry answers at " + client.place() + ": is it running, and with this --status-bind-address?\n";
    }

    private static void pause() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(PERIOD.toNanos());
    }
}
