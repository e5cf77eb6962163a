package io.kubeferry.core.net;

/** Hears how it went to connect a {@link TcpStream}: one of both, once. Called on its event loop, possibly at once. */
public interface Dial {
    /** It is connected. Nothing is read before somebody asks for it. */
    void connected();

    /** It could not be connected for {@code cause}, and is closed. */
    void failed(Throwable cause);
}
