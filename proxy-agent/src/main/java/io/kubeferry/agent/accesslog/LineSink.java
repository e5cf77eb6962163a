package io.kubeferry.agent.accesslog;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where lines are written to. Confined to one thread. */
interface LineSink extends Closeable {
    /** Writes {@code bytes} from their position on. Where that fails, the position tells how far it came. */
    void write(ByteBuffer bytes) throws IOException;

    /** There is nothing to write just now: the time to look after the file itself. */
    default void idle() throws IOException {}
}
