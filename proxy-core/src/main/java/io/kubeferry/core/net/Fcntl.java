package io.kubeferry.core.net;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * fcntl(2) of Linux, which neither the JDK nor Netty offers.
 *
 * <p>Loading this class binds the function, for which the JVM writes and compiles code: too long for an event loop.
 * Thread-safe.
 */
final class Fcntl {
    private static final int GET_STATUS_FLAGS = 3;
    private static final int SET_STATUS_FLAGS = 4;
    private static final int SET_PIPE_SIZE = 1031;
    private static final int NON_BLOCKING = 0x800;

    @SuppressWarnings("restricted") // The launcher grants native access; Netty needs it too.
    private static final MethodHandle FCNTL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("fcntl"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2));

    private Fcntl() {}

    /** Binds the function. */
    static void prepare() {
        // Loading the class has done it.
    }

    /** Has reads and writes of {@code descriptor} never wait. */
    static void makeNonBlocking(int descriptor) throws IOException {
        int flags = call(descriptor, GET_STATUS_FLAGS, 0);
        if (flags < 0 || call(descriptor, SET_STATUS_FLAGS, flags | NON_BLOCKING) < 0) {
            throw new IOException(
                    "descriptor: " + descriptor + " (expected: open, so that it can be made non-blocking)");
        }
    }

    /** Asks for room of {@code bytes} in a pipe; false if this user may not have that much. */
    static boolean resizePipe(int descriptor, int bytes) {
        return call(descriptor, SET_PIPE_SIZE, bytes) >= 0;
    }

    private static int call(int descriptor, int command, int argument) {
        try {
            return (int) FCNTL.invokeExact(descriptor, command, argument);
        } catch (Throwable impossible) {
            throw new IllegalStateException("fcntl cannot be called", impossible);
        }
    }
}
