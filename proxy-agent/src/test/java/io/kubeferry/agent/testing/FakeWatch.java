package io.kubeferry.agent.testing;

import java.io.IOException;

/** The server's side of a watch. */
interface FakeWatch {
    void send(String event) throws IOException;

    /** Ends it in an orderly way. */
    void close() throws IOException;
}
