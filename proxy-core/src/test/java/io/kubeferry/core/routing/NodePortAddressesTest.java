package io.kubeferry.core.routing;

import static io.kubeferry.core.testing.Snapshots.addresses;
import static io.kubeferry.core.testing.Snapshots.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.NodeIdentity;
import io.kubeferry.core.model.Skipped;
import io.kubeferry.core.testing.Snapshots;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class NodePortAddressesTest {
    private static final List<InetAddress> HOST =
            addresses("fe80::5", "fd00::5", "192.168.1.5", "10.0.0.5", "169.254.0.5", "::1", "127.0.0.1");

    static final List<Case> CASES = List.of(
            byDefault("127.0.0.1 alone", node("n1"), "127.0.0.1"),
            byDefault("not the node's addresses", node("n1", "192.168.1.5", "fd00::5"), "127.0.0.1"),
            primary("the primary address of the node", node("n1", "192.168.1.5"), "192.168.1.5"),
            primary("not the other addresses of its family", node("n1", "192.168.1.5", "10.0.0.5"), "192.168.1.5"),
            primary(
                    "the first of each family, IPv4 before IPv6",
                    node("n1", "fd00::5", "10.0.0.5", "192.168.1.5"),
                    "10.0.0.5 fd00::5"),
            ranges("addresses inside a range", "192.168.0.0/16", "192.168.1.5"),
            ranges(
                    "addresses inside any of the ranges, each once",
                    "10.0.0.0/8 192.168.1.5/32 10.0.0.0/24",
                    "10.0.0.5 192.168.1.5"),
            ranges("a range that holds no address of this host selects none", "172.16.0.0/12", ""),
            ranges("a range of one family selects nothing of the other", "fd00::/8", "fd00::5"),
            ranges("loopback where its range is given", "127.0.0.0/8 ::1/128", "127.0.0.1 ::1"),
            ranges("link-local addresses never", "169.254.0.0/16 fe80::/10", ""),
            ranges("every address of the family", "0.0.0.0/0", "10.0.0.5 127.0.0.1 192.168.1.5"),
            ranges("every address of both families", "::/0 0.0.0.0/0", "10.0.0.5 127.0.0.1 192.168.1.5 ::1 fd00::5"));

    @ParameterizedTest
    @FieldSource("CASES")
    void nodePortsAreOfferedOn(Case given) {
        NodePortAddresses selected =
                NodePortAddresses.select(given.selection(), OfferedAt.LOOPBACK, given.node(), HOST);

        assertThat(selected.addresses()).extracting(IpAddresses::format).isEqualTo(given.expected());
        assertThat(selected.skipped()).isEmpty();
    }

    @Test
    void unknownNodeAddressSelectsNothingAndSaysSo() {
        NodePortAddresses selected =
                NodePortAddresses.select(new NodePortSelection.Primary(), OfferedAt.LOOPBACK, node("n1"), HOST);

        assertThat(selected.addresses()).isEmpty();
        assertThat(selected.skipped())
                .extracting(Skipped::toString)
                .containsExactly("Node n1: node ports are not offered on its primary address: it is not known");
    }

    @Test
    void primaryAddressThatThisHostLacksIsLeftOutAndTheOtherFamilyStays() {
        NodePortAddresses selected = NodePortAddresses.select(
                new NodePortSelection.Primary(),
                OfferedAt.LOOPBACK,
                node("n1", "192.168.1.6", "192.168.1.5", "fd00::5"),
                HOST);

        assertThat(selected.addresses()).containsExactly(Snapshots.address("fd00::5"));
        assertThat(selected.skipped())
                .extracting(Skipped::toString)
                .containsExactly("Node n1: node ports are not offered on its primary address 192.168.1.6: "
                        + "this host does not have it");
    }

    @Test
    void whereAddressesAreTakenThemselvesTheDefaultIsThePrimaryAddressesAndLoopback() {
        NodePortAddresses selected = NodePortAddresses.select(
                new NodePortSelection.Default(),
                OfferedAt.OWN_ADDRESSES,
                node("n1", "192.0.2.1", "192.0.2.2", "fd00::1"),
                HOST);

        assertThat(selected.addresses()).containsExactlyElementsOf(addresses("127.0.0.1", "192.0.2.1", "fd00::1"));
        assertThat(selected.skipped()).isEmpty();
    }

    @Test
    void anUnknownNodeAddressNeverMeansAllAddresses() {
        NodePortAddresses selected =
                NodePortAddresses.select(new NodePortSelection.Default(), OfferedAt.OWN_ADDRESSES, node("n1"), HOST);

        assertThat(selected.addresses()).containsExactlyElementsOf(addresses("127.0.0.1"));
    }

    @Test
    void linkLocalPrimaryAddressIsLeftOut() {
        NodePortAddresses selected = NodePortAddresses.select(
                new NodePortSelection.Primary(), OfferedAt.LOOPBACK, node("n1", "fe80::5"), HOST);

        assertThat(selected.addresses()).isEmpty();
        assertThat(selected.skipped())
                .extracting(Skipped::toString)
                .containsExactly(
                        "Node n1: node ports are not offered on its primary address fe80::5: it is link-local");
    }

    @Test
    void scopesThatInterfacesGiveAreDropped() throws UnknownHostException {
        InetAddress scoped =
                Inet6Address.getByAddress("", Snapshots.address("fd00::5").getAddress(), 2);

        NodePortAddresses selected =
                NodePortAddresses.select(selection("fd00::/8"), OfferedAt.LOOPBACK, node("n1"), List.of(scoped));

        assertThat(selected.addresses()).extracting(InetAddress::getHostAddress).containsExactly("fd00:0:0:0:0:0:0:5");
    }

    @Test
    void loopbackCanBeTakenOutWhateverWasSelected() {
        NodePortAddresses ofRanges =
                NodePortAddresses.select(selection("0.0.0.0/0 ::/0"), OfferedAt.LOOPBACK, node("n1"), HOST);
        NodePortAddresses byDefault =
                NodePortAddresses.select(new NodePortSelection.Default(), OfferedAt.LOOPBACK, node("n1"), HOST);

        assertThat(ofRanges.withoutLoopback().addresses())
                .extracting(IpAddresses::format)
                .containsExactly("10.0.0.5", "192.168.1.5", "fd00::5");
        assertThat(byDefault.withoutLoopback().addresses()).isEmpty();
    }

    @Test
    void rangesNeedARange() {
        assertThatThrownBy(() -> new NodePortSelection.Ranges(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: one or more CIDRs");
    }

    private static Case byDefault(String sentence, NodeIdentity node, String expected) {
        return new Case("by default: " + sentence, new NodePortSelection.Default(), node, words(expected));
    }

    private static Case primary(String sentence, NodeIdentity node, String expected) {
        return new Case("primary: " + sentence, new NodePortSelection.Primary(), node, words(expected));
    }

    private static Case ranges(String sentence, String ranges, String expected) {
        return new Case("ranges: " + sentence, selection(ranges), node("n1"), words(expected));
    }

    private static NodePortSelection selection(String ranges) {
        return new NodePortSelection.Ranges(words(ranges).stream()
                .map(text -> IpCidr.parse(text).orElseThrow())
                .toList());
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    record Case(String sentence, NodePortSelection selection, NodeIdentity node, List<String> expected) {
        @Override
        public String toString() {
            return sentence;
        }
    }
}
