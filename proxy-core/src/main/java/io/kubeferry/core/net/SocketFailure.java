package io.kubeferry.core.net;

import io.netty.channel.ConnectTimeoutException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What went wrong with a socket, whatever the transport calls it. */
public enum SocketFailure {
    REFUSED("connection refused"),
    TIMED_OUT("no answer in time"),
    UNREACHABLE("no route to it"),
    RESET("connection reset"),
    ADDRESS_NOT_AVAILABLE("address not available on this host"),
    ADDRESS_IN_USE("address already in use"),
    PERMISSION_DENIED("permission denied"),
    DESCRIPTORS_EXHAUSTED("too many open files"),
    OTHER("unexpected error");

    private static final Pattern NATIVE_ERROR = Pattern.compile("failed with error\\(-([0-9]{1,5})\\)");

    private final String description;

    SocketFailure(String description) {
        this.description = description;
    }

    /** In words, for people. */
    public String description() {
        return description;
    }

    /** Classifies what Netty reported. Native transports give an error number, NIO only a message. */
    public static SocketFailure of(Throwable cause) {
        for (Throwable current = cause; current != null; current = current.getCause()) {
            SocketFailure failure = classify(current);
            if (failure != OTHER) {
                return failure;
            }
        }
        return OTHER;
    }

    private static SocketFailure classify(Throwable cause) {
        if (cause instanceof ConnectTimeoutException) {
            return TIMED_OUT;
        }
        if (cause instanceof NoRouteToHostException || cause instanceof PortUnreachableException) {
            return UNREACHABLE;
        }
        OptionalInt errno = errno(cause);
        return errno.isPresent() ? ofErrno(errno.getAsInt()) : ofMessage(String.valueOf(cause.getMessage()));
    }

    /** Only one of Netty's two native exceptions gives its number away; both have it in their message. */
    private static OptionalInt errno(Throwable cause) {
        Matcher matcher = NATIVE_ERROR.matcher(String.valueOf(cause.getMessage()));
        return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    /** Linux numbers: native transports exist there only. */
    static SocketFailure ofErrno(int errno) {
        return switch (errno) {
            case 111 -> REFUSED;
            case 110 -> TIMED_OUT;
            case 100, 101, 112, 113 -> UNREACHABLE;
            case 32, 103, 104 -> RESET;
            case 99 -> ADDRESS_NOT_AVAILABLE;
            case 98 -> ADDRESS_IN_USE;
            case 1, 13 -> PERMISSION_DENIED;
            case 23, 24 -> DESCRIPTORS_EXHAUSTED;
            default -> OTHER;
        };
    }

    private static SocketFailure ofMessage(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        if (text.contains("refused")) {
            return REFUSED;
        } else if (text.contains("timed out")) {
            return TIMED_OUT;
        } else if (text.contains("unreachable") || text.contains("no route") || text.contains(" is down")) {
            return UNREACHABLE;
        } else if (text.contains("reset") || text.contains("broken pipe") || text.contains("connection abort")) {
            return RESET;
        } else if (text.contains("assign requested address")) {
            return ADDRESS_NOT_AVAILABLE;
        } else if (text.contains("already in use")) {
            return ADDRESS_IN_USE;
        } else if (text.contains("permission denied") || text.contains("not permitted")) {
            return PERMISSION_DENIED;
        } else if (text.contains("too many open files")) {
            return DESCRIPTORS_EXHAUSTED;
        }
        return OTHER;
    }
}
