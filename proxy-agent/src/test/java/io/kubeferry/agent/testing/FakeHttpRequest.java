package io.kubeferry.agent.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One HTTP request on a connection of its own, and the answer to it. Confined to one thread. */
record FakeHttpRequest(Socket socket, String method, String target, Map<String, String> headers, String body) {
    static FakeHttpRequest read(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        String[] requestLine = line(in).split(" ");
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new FakeHttpRequest(
                socket,
                requestLine[0],
                requestLine[1],
                headers,
                new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    private boolean isWebSocket() {
        return "websocket".equalsIgnoreCase(headers.get("upgrade"));
    }

    void respond(int status, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        String head =
                "HTTP/1.1 " + status + " x\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                        + bytes.length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Begins the answer to a watch, in the way that was asked for. */
    FakeWatch openWatch() throws IOException {
        if (isWebSocket()) {
            FakeWebSocket webSocket = upgrade();
            webSocket.answerFrames();
            return webSocket;
        }
        String head = "HTTP/1.1 200 x\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return new FakeHttpWatch(socket);
    }

    private FakeWebSocket upgrade() throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((headers.get("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                            .getBytes(StandardCharsets.US_ASCII));
            String head = "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return new FakeWebSocket(socket);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.US_ASCII).strip();
    }
}
