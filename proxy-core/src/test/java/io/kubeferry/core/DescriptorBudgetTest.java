package io.kubeferry.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorBudgetTest {
    @ParameterizedTest
    @CsvSource({
        "two descriptors a connection beside the pipes,  65536, 0,     32384",
        "every listener costs half a connection,       65536, 1000,  31884",
        "an odd descriptor is left over,               65536, 1,     32383",
        "the usual limit of a shell,                   1024,  20,    358",
        "a few connections fit whatever the limit,     64,    0,     8",
        "a few connections fit beside many listeners,  1024,  20000, 8",
        "no limit,                      9223372036854775807,  0,     2147483647",
    })
    void connectionsFitBesideEverythingElse(String what, long maxFileDescriptors, int listeners, int connections) {
        assertThat(DescriptorBudget.connections(maxFileDescriptors, listeners))
                .as(what)
                .isEqualTo(connections);
    }

    @ParameterizedTest
    @CsvSource({
        "a usual limit,                                65536, 256",
        "the usual limit of a shell,                   1024,  16",
        "a few whatever the limit,                     64,    4",
        "no limit,                      9223372036854775807,  256",
    })
    void pipesAreFew(String what, long maxFileDescriptors, int pipes) {
        assertThat(DescriptorBudget.pipes(maxFileDescriptors)).as(what).isEqualTo(pipes);
    }
}
