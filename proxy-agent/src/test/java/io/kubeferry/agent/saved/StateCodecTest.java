package io.kubeferry.agent.saved;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.agent.state.ClusterContents;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written is read as it was, and whatever has become of it meanwhile is noticed and named. */
class StateCodecTest {
    private static final byte[] FILE = StateEncoder.encode(Samples.full());

    @Test
    void everyFieldComesBack() throws Exception {
        assertThat(StateDecoder.decode(FILE)).isEqualTo(Samples.full());
    }

    @Test
    void aClusterWithoutAnythingComesBackToo() throws Exception {
        SavedState empty = new SavedState(
                new SavedState.Origin("n1", "manifests in /m", "mine", List.of("a", "b")),
                Samples.SAVED,
                new ClusterContents(Optional.empty(), List.of(), List.of(), Map.of()),
                Map.of());
        assertThat(StateDecoder.decode(StateEncoder.encode(empty))).isEqualTo(empty);
    }

    @Test
    void aFileThatIsCutAnywhereIsNoticed() {
        for (int length = 0; length < FILE.length; length++) {
            byte[] cut = Arrays.copyOf(FILE, length);
            assertThatThrownBy(() -> StateDecoder.decode(cut)).isInstanceOf(UnusableStateException.class);
        }
    }

    @Test
    void aFileWithAnyOtherByteIsNoticed() {
        for (int position = 0; position < FILE.length; position++) {
            byte[] damaged = FILE.clone();
            damaged[position] ^= 1;
            assertThatThrownBy(() -> StateDecoder.decode(damaged))
                    .as("byte %d of %d", position, FILE.length)
                    .isInstanceOf(UnusableStateException.class);
        }
    }

    @Test
    void aFieldOfALaterVersionIsSkipped() throws Exception {
        assertThat(StateDecoder.decode(edited("\"services\":", "\"more\":{\"a\":[1]},\"services\":")))
                .isEqualTo(Samples.full());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"bootId\":\"boot-a\" | \"bootId\":7 | bootId: 7 (expected: a text)",
                "\"sinceBootMillis\":1000000 | \"sinceBootMillis\":-1 | sinceBootMillis: -1 (expected: a number that is not negative)",
                "\"eligible\":false | \"eligible\":\"no\" | nodeObject.eligible: \"no\" (expected: true or false)",
                "\"IPV4\":\"10.96.0.10\" | \"IPV4\":\"x\" | services[0].clusterIps.IPV4: \"x\" (expected: an IP address)",
                "\"LEAST_CONNECTIONS\" | \"MOST\" | services[0].connections.balance: \"MOST\" (expected: one of [ROUND_ROBIN, LEAST_CONNECTIONS, RANDOM])",
                "\"PT3H\" | \"3h\" | services[0].clientIpAffinity: \"3h\" (expected: a duration such as PT3H)",
                "\"PT3H\" | \"PT0S\" | services[0]: session affinity timeout: PT0S (expected: > 0)",
                "\"nodePort\":30080 | \"nodePort\":70000 | services[0].ports[0].nodePort: 70000 (expected: 1..65535)",
                "\"created\":\"2025-05-05T05:05:05Z\", | '' | services[0].created: none (expected: a text)",
                "\"created\":\"2025-05-05T05:05:05Z | \"created\":\"May | services[0].created: \"May\" (expected: a time such as 2026-01-02T03:04:05Z)",
                "\"address\":\"10.244.2.5\" | \"address\":\"\" | slices[0].endpoints[1].address: \"\" (expected: an IP address)",
                "[\"zone-a\",\"zone-b\"] | \"zone-a\" | slices[0].endpoints[1].zoneHints: \"zone-a\" (expected: a list)",
                "\"clients\":[ | \"clients\":7,\"x\":[ | clients: 7 (expected: a list)",
                "\"10.96.0.0/16\" | \"10.96\" | serviceRanges[0].ranges: 10.96 (expected: ranges such as 10.96.0.0/16)",
            })
    void nonsenseIsNamedWithFieldValueAndExpectation(String instead, String nonsense, String sentence) {
        assertThatThrownBy(() -> StateDecoder.decode(edited(instead, nonsense)))
                .isInstanceOf(UnusableStateException.class)
                .hasMessage(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | first line: ",
                "hello | first line: hello (expected: that of a state file of kubeferry)",
                "{\"kind\":\"Config\"} | first line: {\"kind\":\"Config\"} (expected: that of a state file of kubeferry)",
                "{\"kubeferryState\":2} | kubeferryState: 2 (expected: version 1 of the format)",
            })
    void filesOfOthersAreNamed(String text, String sentence) {
        assertThatThrownBy(() -> StateDecoder.decode(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UnusableStateException.class)
                .hasMessageStartingWith(sentence);
    }

    @Test
    void contentThatIsNoJsonIsNamed() {
        byte[] sealed = Envelope.seal("{\"node\":".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> StateDecoder.decode(sealed))
                .isInstanceOf(UnusableStateException.class)
                .hasMessageContaining("(expected: JSON)");
    }

    /** The sample with {@code replacement} for {@code part}, and a first line that is right for that. */
    private static byte[] edited(String part, String replacement) throws UnusableStateException {
        String content = new String(Envelope.open(FILE), StandardCharsets.UTF_8);
        assertThat(content).contains(part);
        return Envelope.seal(content.replace(part, replacement).getBytes(StandardCharsets.UTF_8));
    }
}
