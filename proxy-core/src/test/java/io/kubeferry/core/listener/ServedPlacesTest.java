package io.kubeferry.core.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.core.testing.ManualTicker;
import io.kubeferry.core.testing.Snapshots;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServedPlacesTest {
    private static final InetSocketAddress WEB = Snapshots.socketAddress("10.96.0.10:80");
    private static final InetSocketAddress OTHER = Snapshots.socketAddress("10.96.0.11:80");

    private final ManualTicker ticker = new ManualTicker();
    private final ServedPlaces<String> places = new ServedPlaces<>(ticker::nanos);

    @Test
    void whatIsOfferedLastIsFound() {
        places.replace(Set.of(), Map.of(WEB, "web", OTHER, "other"));
        places.replace(Set.of(WEB), Map.of(WEB, "newer"));

        assertThat(places.find(WEB)).isEqualTo("newer");
        assertThat(places.find(OTHER)).isEqualTo("other");
        assertThat(places.find(Snapshots.socketAddress("10.96.0.10:81"))).isNull();
    }

    @Test
    void placeThatGoesIsFoundForAsLongAsAHandshakeMayTake() {
        places.replace(Set.of(), Map.of(WEB, "web", OTHER, "other"));
        places.replace(Set.of(WEB), Map.of());

        ticker.advance(ServedPlaces.HANDSHAKE.minusNanos(1));
        places.replace(Set.of(), Map.of());
        assertThat(places.find(WEB)).isEqualTo("web");

        ticker.advance(Duration.ofNanos(1));
        places.replace(Set.of(), Map.of());
        assertThat(places.find(WEB)).isNull();
        assertThat(places.find(OTHER)).isEqualTo("other");
    }

    @Test
    void placeThatGoesTwiceIsGoneSinceTheFirstTime() {
        places.replace(Set.of(), Map.of(WEB, "web"));
        places.replace(Set.of(WEB), Map.of());
        ticker.advance(Duration.ofSeconds(1));
        places.replace(Set.of(WEB), Map.of());

        ticker.advance(ServedPlaces.HANDSHAKE.minusSeconds(1));
        places.replace(Set.of(), Map.of());

        assertThat(places.find(WEB)).isNull();
    }

    @Test
    void placeThatComesBackStays() {
        places.replace(Set.of(), Map.of(WEB, "web"));
        places.replace(Set.of(WEB), Map.of());
        places.replace(Set.of(), Map.of(WEB, "web"));

        ticker.advance(ServedPlaces.HANDSHAKE);
        places.replace(Set.of(), Map.of());

        assertThat(places.find(WEB)).isEqualTo("web");
    }

    @Test
    void placeThatComesBackForAnotherIsForThatOne() {
        places.replace(Set.of(), Map.of(WEB, "web"));
        places.replace(Set.of(WEB), Map.of());
        places.replace(Set.of(), Map.of(WEB, "newer"));

        assertThat(places.find(WEB)).isEqualTo("newer");
    }
}
