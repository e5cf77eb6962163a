package io.kubeferry.core.net;

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
    private static final int SET_PIPE_SIZE = 1031;

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
