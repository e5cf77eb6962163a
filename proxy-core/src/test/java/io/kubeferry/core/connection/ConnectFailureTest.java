package io.kubeferry.core.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.net.SocketFailure;
import io.kubeferry.core.observe.CloseReason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectFailureTest {
    @ParameterizedTest
    @CsvSource({
        "REFUSED,               CONNECT_REFUSED,                true",
        "RESET,                 CONNECT_REFUSED,                true",
        "TIMED_OUT,             CONNECT_TIMEOUT,                true",
        "UNREACHABLE,           CONNECT_UNREACHABLE,            true",
        "ADDRESS_NOT_AVAILABLE, CONNECT_SOURCE_PORTS_EXHAUSTED, true",
        "ADDRESS_IN_USE,        CONNECT_SOURCE_PORTS_EXHAUSTED, true",
        "DESCRIPTORS_EXHAUSTED, DESCRIPTORS_EXHAUSTED,          false",
        "PERMISSION_DENIED,     CONNECT_FAILED,                 true",
        "OTHER,                 CONNECT_FAILED,                 true",
    })
    void everyFailureHasAReasonAndOnlyWantOfDescriptorsIsFinal(
            SocketFailure failure, CloseReason reason, boolean retryable) {
        assertThat(ConnectFailure.of(failure)).isEqualTo(new ConnectFailure(reason, retryable));
    }

    @ParameterizedTest
    @EnumSource
    void everyReasonCountsAsAFailure(SocketFailure failure) {
        assertThat(ConnectFailure.of(failure).reason().isFailure()).isTrue();
    }
}
