package io.kubeferry.agent.host;

import io.kubeferry.core.model.Counted;
import io.kubeferry.core.model.IpAddresses;
import io.kubeferry.core.model.IpCidr;
import io.kubeferry.core.model.IpFamily;
import io.kubeferry.core.model.PersistentMap;
import io.kubeferry.core.routing.CapturePlan;
import io.kubeferry.core.routing.CaptureRule;
import io.kubeferry.core.routing.CaptureRule.Treatment;
import io.kubeferry.core.routing.ListenAddress;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What tests have captured. */
final class CapturePlans {
    static final Map<IpFamily, Integer> PORTS = Map.of(IpFamily.IPV4, 40_001, IpFamily.IPV6, 40_002);
    static final CaptureRule SERVE = new CaptureRule(Treatment.SERVE, Optional.empty());
    static final CaptureRule REFUSE = new CaptureRule(Treatment.REFUSE, Optional.empty());

    private CapturePlans() {}

    /** A plan with {@code rules} by {@code address:port}. */
    static CapturePlan plan(Map<String, CaptureRule> rules) {
        Map<ListenAddress, CaptureRule> byAddress = new LinkedHashMap<>();
        rules.forEach((place, rule) -> byAddress.put(
                new ListenAddress(address(place.split(":")[0]), Integer.parseInt(place.split(":")[1])), rule));
        return new CapturePlan(
                PersistentMap.copyOf(byAddress), Counted.empty(), Counted.empty(), Counted.empty(), Set.of());
    }

    static InetAddress address(String text) {
        return IpAddresses.parse(text).orElseThrow();
    }

    static IpCidr cidr(String text) {
        return IpCidr.parse(text).orElseThrow();
    }
}
