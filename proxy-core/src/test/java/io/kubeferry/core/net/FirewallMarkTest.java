package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirewallMarkTest {
    @Test
    void theValueSteersAndTheRestOfTheMaskIsOurOwn() {
        assertThat(FirewallMark.parse(" 0x40000000/0xC0000000 ")).contains(new FirewallMark(0x40000000, 0x80000000));
        assertThat(FirewallMark.parse(FirewallMark.DEFAULT.toString())).contains(FirewallMark.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0x1000",
                "0x1000/0x1000",
                "0x1000/0x7000",
                "0x3000/0x3000",
                "0x4000/0x3000",
                "4096/12288",
                "0x/0x",
                "0xg/0x3",
                "0x1/0x3/0x4"
            })
    void anythingElseIsNoMark(String text) {
        assertThat(FirewallMark.parse(text)).isEmpty();
    }
}
