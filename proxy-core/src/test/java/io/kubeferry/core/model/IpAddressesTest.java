package io.kubeferry.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressesTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1,             10.0.0.1",
        "172.30.0.041,         172.30.0.41",
        "0000000010.000.0.001, 10.0.0.1",
        "' 10.0.0.1 ',         10.0.0.1",
        "255.255.255.255,      255.255.255.255",
        "fd00::1,              fd00::1",
        "FD00:0:0:0:0:0:0:1,   fd00::1",
        "::,                   ::",
        "::1,                  ::1",
        "fd00::,               fd00::",
        "1:0:0:2:0:0:0:3,      1:0:0:2::3",
        "1:0:0:2:0:0:3:4,      1::2:0:0:3:4",
        "1:0:2:3:4:5:6:7,      1:0:2:3:4:5:6:7",
        "::ffff:10.0.0.1,      10.0.0.1",
    })
    void readsWhatTheApiServerToleratesAndWritesItAsUsersDo(String text, String written) {
        assertThat(IpAddresses.parse(text).map(IpAddresses::format)).contains(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "None",
                "localhost",
                "10.0.0",
                "10.0.0.0.1",
                "10.0.0.256",
                "10.0.0.4294967297",
                "10.0.0.99999999999999999999",
                "10.0.0.-1",
                "10.0.0.+1",
                "10.0.0.0x1",
                "10.0.0. 1",
                "10.0.0.1/8",
                "10.0.0.1:80",
                "10.0.0.\u0661",
                ".",
                "...",
                ":",
                "[::1]",
                "fe80::1%eth0",
                "::1/64",
                "1::2::3",
                "12345::",
                "::\uff11"
            })
    void everythingElseIsNoAddress(String text) {
        assertThat(IpAddresses.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1, 10.0.0.1:80", "fd00:0:0::1, [fd00::1]:80"})
    void anAddressWithItsPortIsWrittenForUse(String text, String written) {
        InetAddress address = IpAddresses.parse(text).orElseThrow();
        assertThat(IpAddresses.format(address, 80)).isEqualTo(written);
    }
}
