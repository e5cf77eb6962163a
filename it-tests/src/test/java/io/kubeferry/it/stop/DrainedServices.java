package io.kubeferry.it.stop;

import io.kubeferry.core.testing.BlackHole;
import io.kubeferry.core.testing.FreePorts;
import io.kubeferry.core.testing.TestEndpoint;
import io.kubeferry.it.bytes.NumberedBytes;
import io.kubeferry.it.process.Manifests;
import io.kubeferry.it.process.ServicePlace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * Services whose endpoints do what keeps connections busy until the agent has stopped accepting, each in its own way. Test
 * thread only.
 */
final class DrainedServices implements AutoCloseable {
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CompletableFuture<Long> streamed = new CompletableFuture<>();
    private final CompletableFuture<String> heardByTalker = new CompletableFuture<>();
    private final BlackHole silence = new BlackHole();
    private final Map<String, TestEndpoint> endpoints = new LinkedHashMap<>();
    private final Map<String, ServicePlace> places = new LinkedHashMap<>();

    DrainedServices(Path folder) throws Exception {
        endpoints.put("echo", TestEndpoint.echoing());
        endpoints.put("stream", new TestEndpoint(socket -> {
            try {
                streamed.complete(NumberedBytes.sendWhile(() -> stopped.getCount() > 0, socket, 7));
            } catch (IOException cut) {
                streamed.completeExceptionally(cut);
            }
        }));
        endpoints.put("late", new TestEndpoint(socket -> {
            byte[] request = socket.getInputStream().readAllBytes();
            awaitStopped();
            socket.getOutputStream().write("re: ".getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(request);
        }));
        endpoints.put("talker", new TestEndpoint(socket -> {
            socket.getOutputStream().write("bye".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            try {
                heardByTalker.complete(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException cut) {
                heardByTalker.completeExceptionally(cut);
            }
        }));
        endpoints.put("dialled", TestEndpoint.answering("got "));
        for (String service : List.of("echo", "stream", "late", "talker")) {
            write(folder, service, List.of(addressOf(service)));
        }
        write(folder, "unreachable", List.of(silence.address()));
        write(folder, "dialled", List.of(silence.address(), addressOf("dialled")));
    }

    /** Sends back what it gets. */
    ServicePlace echo() {
        return places.get("echo");
    }

    /** Sends without a pause until the agent has stopped accepting. */
    ServicePlace stream() {
        return places.get("stream");
    }

    /** Takes a whole request, and answers when the agent has stopped accepting. */
    ServicePlace late() {
        return places.get("late");
    }

    /** Says "bye", ends its direction and listens. */
    ServicePlace talker() {
        return places.get("talker");
    }

    /** One of its two endpoints does not answer SYNs; the other one repeats the request, with its PROXY header. */
    ServicePlace dialled() {
        return places.get("dialled");
    }

    /** Nobody answers SYNs. */
    ServicePlace unreachable() {
        return places.get("unreachable");
    }

    /** The checksum of the stream, once it has ended. */
    CompletableFuture<Long> streamed() {
        return streamed;
    }

    /** All that was said to the talker, once its client has ended. */
    CompletableFuture<String> heardByTalker() {
        return heardByTalker;
    }

    /** Lets endpoints finish. */
    void agentHasStopped() {
        stopped.countDown();
    }

    private String addressOf(String service) {
        return endpoints.get(service).address();
    }

    private void awaitStopped() {
        try {
            stopped.await();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting", e);
        }
    }

    private void write(Path folder, String name, List<String> addresses) throws Exception {
        String clusterIp = "10.47.16." + (10 + places.size());
        ServicePlace place = ServicePlace.ofClusterIp(clusterIp, FreePorts.next());
        places.put(name, place);
        StringBuilder text = new StringBuilder(Manifests.service(name, clusterIp, place.port()));
        if (addresses.size() > 1) {
            text = new StringBuilder(Manifests.annotated(text.toString(), "proxy-protocol: v1", "set-aside: off"));
        }
        for (int i = 0; i < addresses.size(); i++) {
            text.append(Manifests.NEXT).append(Manifests.slice(name, name + "-" + i, addresses.get(i)));
        }
        Files.writeString(folder.resolve(name + ".yaml"), text);
    }

    @Override
    public void close() throws IOException {
        stopped.countDown();
        endpoints.values().forEach(TestEndpoint::close);
        silence.close();
    }
}
