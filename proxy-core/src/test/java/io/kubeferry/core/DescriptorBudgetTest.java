package io.kubeferry.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorBudgetTest {
    @ParameterizedTest
    @CsvSource({
        "a usual limit: two descriptors a connection,  65536, 0,     32640",
        "every listener costs half a connection,       65536, 1000,  32140",
        "an odd descriptor is left over,               65536, 1,     32639",
        "the usual limit of a shell,                   1024,  20,    374",
        "a few connections fit whatever the limit,     64,    0,     8",
        "a few connections fit beside many listeners,  1024,  20000, 8",
        "no limit,                      9223372036854775807,  0,     2147483647",
    })
    void connectionsFitBesideEverythingElse(String what, long maxFileDescriptors, int listeners, int connections) {
        assertThat(DescriptorBudget.connections(maxFileDescriptors, listeners))
                .as(what)
                .isEqualTo(connections);
    }
}
