package io.kubeferry.it.capture;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A network namespace with its loopback up: a machine of its own as far as networks go. Gone when closed, with all that
 * is in it once nobody uses it any more. Thread-safe.
 */
@SuppressWarnings("restricted") // There is no way into a namespace but the system call.
public final class NetworkNamespace implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN = LINKER.downcallHandle(
            LINKER.defaultLookup().find("open").orElseThrow(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SETNS = LINKER.downcallHandle(
            LINKER.defaultLookup().find("setns").orElseThrow(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE = LINKER.downcallHandle(
            LINKER.defaultLookup().find("close").orElseThrow(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final int CLONE_NEWNET = 0x40000000;

    private final String name;

    private NetworkNamespace(String name) {
        this.name = name;
    }

    /** Makes one. */
    static NetworkNamespace create(String name) throws Exception {
        Commands.run("ip", "netns", "add", name);
        NetworkNamespace namespace = new NetworkNamespace(name);
        namespace.ip("link set lo up");
        return namespace;
    }

    /**
     * Gives that of the process {@code pid} a name, with which it stays at hand, and so in being, until this is closed.
     */
    public static NetworkNamespace ofProcess(String name, long pid) throws IOException {
        Commands.run("ip", "netns", "attach", name, Long.toString(pid));
        return new NetworkNamespace(name);
    }

    /** What {@code ip} knows it by. */
    public String name() {
        return name;
    }

    /** Runs {@code lines}, each the words after {@code ip}, inside. */
    public void ip(String... lines) throws Exception {
        Commands.runWithInput(String.join("\n", lines) + "\n", "ip", "-n", name, "-batch", "-");
    }

    /** Runs a program inside, and returns what it says. */
    public String run(String... words) throws Exception {
        return Commands.run(inside(words).toArray(String[]::new));
    }

    /** As {@link #run}, with {@code input}. */
    public String runWithInput(String input, String... words) throws Exception {
        return Commands.runWithInput(input, inside(words).toArray(String[]::new));
    }

    /** The words that run {@code words} inside. */
    List<String> inside(String... words) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(List.of(words));
        return all;
    }

    /** What {@code action} returns on a thread that is inside: sockets that it opens are of this namespace, for ever. */
    public <T> T call(Callable<T> action) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("inside-" + name).start(() -> {
            try {
                enter();
                result.complete(action.call());
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        try {
            return result.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw failed;
        }
    }

    private void enter() throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom("/var/run/netns/" + name, StandardCharsets.UTF_8);
            int descriptor = (int) OPEN.invokeExact(path, 0);
            if (descriptor < 0) {
                throw new IOException("cannot open the namespace " + name);
            }
            try {
                if ((int) SETNS.invokeExact(descriptor, CLONE_NEWNET) != 0) {
                    throw new IOException("cannot enter the namespace " + name);
                }
            } finally {
                int _ = (int) CLOSE.invokeExact(descriptor);
            }
        }
    }

    @Override
    public void close() throws IOException {
        Commands.run("ip", "netns", "delete", name);
    }
}
