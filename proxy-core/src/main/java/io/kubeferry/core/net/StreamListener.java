package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;

/** Hears what happens on a {@link TcpStream}. Called on its event loop, and no more once the stream is closed. */
public interface StreamListener {
    /** A stream that was accepted can be used. Nothing is read before somebody asks for it. */
    default void opened() {}

    /** The peer has sent {@code bytes}, which whoever hears this releases. */
    void read(ByteBuf bytes);

    /** What has been read is all there is for the moment. */
    default void readComplete() {}

    /** The peer has sent its FIN; nothing more will be read. */
    default void inputEnded() {}

    /** There is room again for what is to be written, after there was none. */
    default void writableAgain() {}

    /** The peer has reset, or something else is wrong: whoever hears this closes the stream, if it is not closed by itself. */
    void failed(Throwable cause);
}
