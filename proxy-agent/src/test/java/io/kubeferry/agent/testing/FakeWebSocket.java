package io.kubeferry.agent.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The server's side of a WebSocket. Sending is thread-safe. */
final class FakeWebSocket implements FakeWatch {
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final Socket socket;

    FakeWebSocket(Socket socket) {
        this.socket = socket;
    }

    @Override
    public void send(String text) throws IOException {
        frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        frame(CLOSE, new byte[] {0x03, (byte) 0xe8});
    }

    /** Answers pings and closes on a thread of its own until the client goes. */
    void answerFrames() {
        Thread.ofVirtual().start(() -> {
            try {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                while (true) {
                    int opcode = in.readUnsignedByte() & 0x0f;
                    byte[] payload = payload(in);
                    if (opcode == PING) {
                        frame(PONG, payload);
                    } else if (opcode == CLOSE) {
                        frame(CLOSE, payload);
                        socket.close();
                        return;
                    }
                }
            } catch (IOException e) {
                // the client went
            }
        });
    }

    private static byte[] payload(DataInputStream in) throws IOException {
        int length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        }
        byte[] mask = in.readNBytes(4);
        byte[] payload = in.readNBytes(length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return payload;
    }

    private synchronized void frame(int opcode, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(0x80 | opcode);
        if (payload.length < 126) {
            frame.write(payload.length);
        } else if (payload.length < 65536) {
            frame.write(126);
            frame.writeBytes(
                    ByteBuffer.allocate(2).putShort((short) payload.length).array());
        } else {
            frame.write(127);
            frame.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        frame.writeBytes(payload);
        OutputStream out = socket.getOutputStream();
        out.write(frame.toByteArray());
        out.flush();
    }
}
