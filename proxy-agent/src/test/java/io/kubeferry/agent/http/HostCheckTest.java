package io.kubeferry.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostCheckTest {
    private final HostCheck check = HostCheck.addressesAnd(Set.of("Node-1"));

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,        true",
        "127.0.0.1:10247,  true",
        "192.168.1.7:80,   true",
        "[::1],            true",
        "[::1]:10247,      true",
        "localhost,        true",
        "LOCALHOST:10247,  true",
        "node-1,           true",
        "NODE-1:10247,     true",
        "node-2,           false",
        "evil.example,     false",
        "localhost.evil.example, false",
        "127.0.0.1.evil.example, false",
        "[evil.example],   false",
        "[::1,             false",
        "'',               false",
    })
    void onlyAddressesAndOwnNamesPass(String host, boolean accepted) {
        assertThat(check.accepts(Optional.of(host))).isEqualTo(accepted);
    }

    @Test
    void noHostHeaderDoesNotPass() {
        assertThat(check.accepts(Optional.empty())).isFalse();
    }

    @Test
    void withoutCheckEverythingPasses() {
        assertThat(HostCheck.none().accepts(Optional.empty())).isTrue();
        assertThat(HostCheck.none().accepts(Optional.of("evil.example"))).isTrue();
    }
}
