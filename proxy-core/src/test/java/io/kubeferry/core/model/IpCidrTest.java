package io.kubeferry.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpCidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,        10.0.0.0/8",
        "10.1.2.3/8,        10.0.0.0/8",
        "10.1.2.3/32,       10.1.2.3/32",
        "10.255.255.255/13, 10.248.0.0/13",
        "1.2.3.4/0,         0.0.0.0/0",
        "' 10.0.0.0/8 ',    10.0.0.0/8",
        "010.0.0.0/8,       10.0.0.0/8",
        "fd00:1::5/32,      fd00:1::/32",
        "fd00::ff/121,      fd00::80/121",
        "::1/128,           ::1/128",
        "::/0,              ::/0",
    })
    void rangeIsReadAndItsHostBitsAreCleared(String text, String expected) {
        assertThat(IpCidr.parse(text)).map(IpCidr::toString).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.0.0.0",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/8/8",
                "10.0.0.0/1000",
                "10.0.0/8",
                "fd00::/129",
                "host/8",
                "/8",
                "10.0.0.0/ 8"
            })
    void everythingElseIsNoRange(String text) {
        assertThat(IpCidr.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,    10.255.255.255, true",
        "10.0.0.0/8,    11.0.0.0,       false",
        "10.248.0.0/13, 10.247.255.255, false",
        "10.248.0.0/13, 10.255.0.0,     true",
        "10.1.2.3/32,   10.1.2.3,       true",
        "10.1.2.3/32,   10.1.2.2,       false",
        "0.0.0.0/0,     192.0.2.1,      true",
        "0.0.0.0/0,     fd00::1,        false",
        "::/0,          fd00::1,        true",
        "::/0,          192.0.2.1,      false",
        "fd00::/8,      fdff::1,        true",
        "fd00::/8,      fe00::1,        false",
    })
    void addressLiesInItOrNot(String range, String address, boolean contained) {
        assertThat(IpCidr.parse(range)
                        .orElseThrow()
                        .contains(IpAddresses.parse(address).orElseThrow()))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 33})
    void prefixLengthFitsTheFamily(int prefixLength) {
        assertThatThrownBy(() -> new IpCidr(IpAddresses.parse("10.0.0.0").orElseThrow(), prefixLength))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("prefix length: " + prefixLength + " (expected: 0..32)");
    }
}
