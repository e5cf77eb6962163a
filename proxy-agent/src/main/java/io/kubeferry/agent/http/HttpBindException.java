package io.kubeferry.agent.http;

import java.io.IOException;
import java.io.Serial;
import java.net.InetSocketAddress;

/** An address could not be had. The message says which, and why. */
public final class HttpBindException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final String reason;

    HttpBindException(InetSocketAddress address, Throwable cause) {
        this("cannot listen on " + HttpServer.format(address) + ": " + reason(cause), cause);
    }

    private HttpBindException(String reason, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    /** The message, which is always there. */
    public String reason() {
        return reason;
    }

    static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
