package io.kubeferry.agent.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Drives connections through an address of the demo and looks at who answered. Main thread only. */
final class DemoCheck {
    private static final int ROUNDS = 3;
    private static final int PATIENCE_MILLIS = 10_000;

    private final PrintStream out;
    private int wrong;

    DemoCheck(PrintStream out) {
        this.out = out;
    }

    /** Whether everything so far was as expected. */
    boolean passed() {
        return wrong == 0;
    }

    /** Opens connections to {@code address}:{@code port}; each of {@code expected} has to answer equally often. */
    void ask(String what, String address, int port, Set<String> expected) {
        Map<String, Integer> answers = new TreeMap<>();
        int connections = ROUNDS * expected.size();
        String problem = "";
        for (int i = 0; i < connections; i++) {
            try {
                answers.merge(answerOf(address, port), 1, Integer::sum);
            } catch (IOException failure) {
                problem = " (" + failure.getMessage() + ")";
            }
        }
        boolean right =
                answers.keySet().equals(expected) && answers.values().stream().allMatch(count -> count == ROUNDS);
        if (!right) {
            wrong++;
        }
        out.printf(
                "  %-4s %-31s %-18s %s%s%n",
                right ? "ok" : "FAIL",
                what,
                address + ":" + port,
                answers.entrySet().stream()
                        .map(entry -> entry.getKey() + " x" + entry.getValue())
                        .collect(Collectors.joining(", ")),
                problem);
    }

    /** Records something else that has to hold. */
    void require(boolean holds, String what) {
        if (!holds) {
            wrong++;
        }
        out.printf("  %-4s %s%n", holds ? "ok" : "FAIL", what);
    }

    private static String answerOf(String address, int port) throws IOException {
        try (Socket socket = new Socket(address, port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int bodyStart = answer.indexOf("\r\n\r\n");
            if (!answer.startsWith("HTTP/1.1 200") || bodyStart < 0) {
                throw new IOException("unexpected answer");
            }
            return answer.substring(bodyStart).strip();
        }
    }
}
