package io.kubeferry.agent.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.state.ClusterEvent;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchFilterTest {
    private static final String LABEL = "service.kubernetes.io/service-proxy-name";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "         | labels: null | ",
                "         | labels: {app: web} | ",
                "         | labels: {service.kubernetes.io/headless: ''} | ",
                "         | labels: {" + LABEL + ": ferry} | label " + LABEL + "=ferry hands it to another proxy",
                "         | labels: {" + LABEL + ": ''} | label " + LABEL + "=\"\" hands it to another proxy",
                "ferry    | labels: {" + LABEL + ": ferry} | ",
                "ferry    | labels: {" + LABEL + ": other} | label " + LABEL + "=other hands it to another proxy",
                "ferry    | labels: {app: web} | no label " + LABEL + "=ferry",
                "ferry    | labels: null | no label " + LABEL + "=ferry",
            })
    void servicesAreHiddenByTheirProxyName(String proxyName, String labels, String reason) {
        Optional<ClusterEvent> event = new WatchFilter(Optional.ofNullable(proxyName))
                .hide(Yaml.service("{metadata: {namespace: shop, name: web, " + labels + "}}"));
        if (reason == null) {
            assertThat(event).isEmpty();
        } else {
            assertThat(event).containsInstanceOf(ClusterEvent.ServiceIgnored.class);
            assertThat(Yaml.skipped(event.orElseThrow())).containsExactly("Service shop/web: " + reason);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "labels: {kubernetes.io/service-name: web} | ",
                "labels: {" + LABEL + ": other} | ",
                "labels: {service.kubernetes.io/headless: ''} | label service.kubernetes.io/headless",
                "labels: {service.kubernetes.io/headless: 'false'} | label service.kubernetes.io/headless",
            })
    void slicesAreHiddenByTheHeadlessLabelWhateverItsValue(String labels, String reason) {
        Optional<ClusterEvent> event = new WatchFilter(Optional.empty())
                .hide(Yaml.slice("{metadata: {namespace: shop, name: web-1, " + labels + "}}"));
        if (reason == null) {
            assertThat(event).isEmpty();
        } else {
            assertThat(event).containsInstanceOf(ClusterEvent.SliceIgnored.class);
            assertThat(Yaml.skipped(event.orElseThrow())).containsExactly("EndpointSlice shop/web-1: " + reason);
        }
    }
}
