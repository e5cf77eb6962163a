package io.kubeferry.core.testing;

import io.kubeferry.core.model.Balance;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.model.EndpointRemoval;
import io.kubeferry.core.model.ProxyProtocol;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Writes down what the annotations of a Service mean: the defaults, unless it says otherwise. */
public final class SampleRules {
    private Balance balance = Balance.ROUND_ROBIN;
    private Optional<ProxyProtocol> proxyProtocol = Optional.empty();
    private Optional<Duration> connectTimeout = Optional.empty();
    private Optional<Duration> idleTimeout = Optional.empty();
    private OptionalInt maxConnections = OptionalInt.empty();
    private EndpointRemoval removal = new EndpointRemoval.Keep();
    private boolean setAside = true;

    private SampleRules() {}

    /** The rules of a Service without annotations. */
    public static SampleRules rules() {
        return new SampleRules();
    }

    /** {@code balance}. */
    public SampleRules balance(Balance value) {
        balance = value;
        return this;
    }

    /** {@code proxy-protocol}. */
    public SampleRules proxyProtocol(ProxyProtocol value) {
        proxyProtocol = Optional.of(value);
        return this;
    }

    /** {@code connect-timeout}. */
    public SampleRules connectTimeout(Duration value) {
        connectTimeout = Optional.of(value);
        return this;
    }

    /** {@code idle-timeout}. */
    public SampleRules idleTimeout(Duration value) {
        idleTimeout = Optional.of(value);
        return this;
    }

    /** {@code max-connections}. */
    public SampleRules maxConnections(int value) {
        maxConnections = OptionalInt.of(value);
        return this;
    }

    /** {@code on-endpoint-removal}. */
    public SampleRules onEndpointRemoval(EndpointRemoval value) {
        removal = value;
        return this;
    }

    /** {@code set-aside: off}. */
    public SampleRules withoutSetAside() {
        setAside = false;
        return this;
    }

    /** The rules as written. */
    public ConnectionRules build() {
        return new ConnectionRules(
                balance, proxyProtocol, connectTimeout, idleTimeout, maxConnections, removal, setAside);
    }
}
