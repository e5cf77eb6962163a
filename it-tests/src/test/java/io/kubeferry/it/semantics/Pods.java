package io.kubeferry.it.semantics;

import io.kubeferry.core.testing.TestEndpoint;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Pods that say their name, one port each. Test thread only. */
final class Pods implements AutoCloseable {
    private final Map<String, TestEndpoint> byName = new LinkedHashMap<>();
    private final Map<String, String> namesByAddress = new LinkedHashMap<>();

    /** Pods called {@code names}: {@code v6} listens on ::1, the others on 127.0.0.1. */
    Pods(String... names) throws Exception {
        for (String name : names) {
            boolean isIpv6 = name.equals("v6");
            TestEndpoint pod = new TestEndpoint(
                    InetAddress.getByName(isIpv6 ? "::1" : "127.0.0.1"),
                    socket -> socket.getOutputStream().write(name.getBytes(StandardCharsets.UTF_8)));
            byName.put(name, pod);
            namesByAddress.put((isIpv6 ? "[::1]:" : "127.0.0.1:") + port(name), name);
        }
    }

    int port(String name) {
        String address = Objects.requireNonNull(byName.get(name), name).address();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    /** The pod at {@code address:port}; as it stands where there is none. */
    String nameOf(String address) {
        return Optional.ofNullable(namesByAddress.get(address)).orElse(address);
    }

    /**
     * Slices of {@code service}, one for each of {@code endpoints}: the pod's name, a blank, and fields of the endpoint.
     * Each has the pod's own number for the port {@code http}.
     */
    List<String> slices(String service, List<String> endpoints) {
        List<String> slices = new ArrayList<>();
        for (int i = 0; i < endpoints.size(); i++) {
            String[] words = endpoints.get(i).split(" ", 2);
            slices.add("""
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata: {name: %s-%d, namespace: it, labels: {kubernetes.io/service-name: %s}}
                    addressType: %s
                    ports: [{name: bad, port: 70000}, {name: http, port: %d}]
                    endpoints: [{addresses: ["%s"], %s}]
                    """.formatted(
                            service,
                            i,
                            service,
                            words[0].equals("v6") ? "IPv6" : "IPv4",
                            port(words[0]),
                            words[0].equals("v6") ? "::1" : "127.0.0.1",
                            words.length > 1 ? words[1] : ""));
        }
        return slices;
    }

    @Override
    public void close() {
        byName.values().forEach(TestEndpoint::close);
    }
}
