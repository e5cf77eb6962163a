package io.kubeferry.agent.cli;

import io.kubeferry.agent.options.AccessLogFormat;
import io.kubeferry.agent.options.AccessLogOptions;
import io.kubeferry.agent.options.AddressMode;
import io.kubeferry.agent.options.AgentOptions;
import io.kubeferry.agent.options.ConnectionOptions;
import io.kubeferry.agent.options.HandOverOptions;
import io.kubeferry.agent.options.HttpOptions;
import io.kubeferry.agent.options.InvalidOption;
import io.kubeferry.agent.options.KubeProxyConfig;
import io.kubeferry.agent.options.KubeProxyOptions;
import io.kubeferry.agent.options.NodeOptions;
import io.kubeferry.agent.options.SourceAddressMode;
import io.kubeferry.agent.options.SourceOptions;
import io.kubeferry.agent.options.TransportOptions;
import io.kubeferry.core.net.FirewallMark;
import io.kubeferry.core.net.TransportPreference;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Turns flags, environment and configuration file into {@link Instructions}. Thread-safe. */
final class InstructionsReader {
    private static final List<Flag> NOT_WITH_MANIFESTS =
            List.of(Flag.KUBECONFIG, Flag.MASTER, Flag.CONTEXT, Flag.NAMESPACE);

    private final Environment environment;

    InstructionsReader(Environment environment) {
        this.environment = environment;
    }

    /** What {@code given} comes to, or an {@link InvalidOption}. */
    Instructions read(GivenFlags given) {
        ConfigReader configReader = new ConfigReader(given);
        KubeProxyConfig config = configReader.read(environment);
        return namingFields(
                given,
                config,
                () -> new Instructions(
                        options(given, config),
                        new LogOptions(
                                config.number("logging.verbosity"),
                                GivenFlags.choice(Flag.LOG_FORMAT, LogFormat.class, config.text("logging.format"))),
                        configReader.ignoredFlags(),
                        configReader.overruledFlags(),
                        configReader.unknownFields()));
    }

    private AgentOptions options(GivenFlags given, KubeProxyConfig config) {
        KubeProxyOptions.check(config);
        return new AgentOptions(
                source(given, config),
                node(given, config),
                KubeProxyOptions.services(config, given.text(Flag.SERVICE_PROXY_NAME)),
                KubeProxyOptions.addresses(
                        config,
                        given.choice(Flag.ADDRESSES, AddressMode.class, AddressMode.AUTO),
                        given.choice(Flag.SOURCE_ADDRESS, SourceAddressMode.class, SourceAddressMode.AUTO),
                        mark(given)),
                connections(given),
                new TransportOptions(
                        given.choice(Flag.TRANSPORT, TransportPreference.class, TransportPreference.AUTO),
                        given.number(Flag.EVENT_LOOPS)),
                KubeProxyOptions.http(config)
                        .withStatus(status(given))
                        .withDetail(
                                given.isTrue(Flag.ENDPOINT_METRICS)
                                        ? HttpOptions.MetricDetail.ENDPOINTS
                                        : HttpOptions.MetricDetail.SERVICE_PORTS),
                KubeProxyOptions.sync(config),
                accessLog(given),
                new HandOverOptions(
                        given.isTrue(Flag.OVERLAP),
                        given.text(Flag.READY_FILE).map(Path::of),
                        given.text(Flag.STATE_DIR)
                                .filter(text -> !text.isEmpty())
                                .map(Path::of)),
                config);
    }

    private static FirewallMark mark(GivenFlags given) {
        return given.text(Flag.FWMARK)
                .map(text -> FirewallMark.parse(text)
                        .orElseThrow(() -> new InvalidOption(
                                Flag.FWMARK.flag(),
                                text,
                                "VALUE/MASK, a mask of two bits and one of them, such as " + FirewallMark.DEFAULT)))
                .orElse(FirewallMark.DEFAULT);
    }

    private SourceOptions source(GivenFlags given, KubeProxyConfig config) {
        Optional<String> manifests = given.text(Flag.MANIFESTS);
        if (manifests.isEmpty()) {
            return new SourceOptions.ApiServer(
                    Optional.of(config.text("clientConnection.kubeconfig"))
                            .filter(name -> !name.isEmpty())
                            .map(Path::of),
                    given.text(Flag.CONTEXT),
                    given.text(Flag.MASTER).filter(url -> !url.isEmpty()).map(SourceOptions.ApiServer::parseMaster),
                    given.elements(Flag.NAMESPACE));
        }
        for (Flag flag : NOT_WITH_MANIFESTS) {
            if (given.isGiven(flag)) {
                throw new InvalidOption(Flag.MANIFESTS.flag(), manifests.get(), "not together with " + flag.flag());
            }
        }
        Path folder = Path.of(manifests.get());
        if (!environment.isFolder(folder)) {
            throw new InvalidOption(Flag.MANIFESTS.flag(), manifests.get(), "a folder that exists");
        }
        return new SourceOptions.Manifests(folder);
    }

    private NodeOptions node(GivenFlags given, KubeProxyConfig config) {
        String name = Optional.of(config.text("hostnameOverride"))
                .filter(text -> !text.isEmpty())
                .or(() -> environment.variable("NODE_NAME"))
                .or(environment::hostName)
                .orElse("");
        return new NodeOptions(name, given.text(Flag.NODE_ZONE), KubeProxyOptions.bindAddress(config));
    }

    private static ConnectionOptions connections(GivenFlags given) {
        ConnectionOptions otherwise = ConnectionOptions.DEFAULT;
        Optional<Duration> idleTimeout = given.text(Flag.IDLE_TIMEOUT)
                        .filter(text -> text.toLowerCase(Locale.ROOT).equals(Flag.IDLE_TIMEOUT.defaultText()))
                        .isPresent()
                ? Optional.empty()
                : given.duration(Flag.IDLE_TIMEOUT).filter(timeout -> !timeout.isZero());
        return new ConnectionOptions(
                given.duration(Flag.CONNECT_TIMEOUT).orElse(otherwise.connectTimeout()),
                given.number(Flag.CONNECT_ATTEMPTS).orElse(otherwise.connectAttempts()),
                given.duration(Flag.DRAIN_TIMEOUT).orElse(otherwise.drainTimeout()),
                idleTimeout);
    }

    private static Optional<InetSocketAddress> status(GivenFlags given) {
        return given.text(Flag.STATUS_BIND_ADDRESS)
                .map(text -> HttpOptions.parse(Flag.STATUS_BIND_ADDRESS.flag(), text, HttpOptions.STATUS_PORT))
                .orElse(HttpOptions.DEFAULT_STATUS);
    }

    private static Optional<AccessLogOptions> accessLog(GivenFlags given) {
        Optional<String> target = given.text(Flag.ACCESS_LOG);
        AccessLogFormat format = given.choice(Flag.ACCESS_LOG_FORMAT, AccessLogFormat.class, AccessLogFormat.TEXT);
        if (target.isEmpty() && given.isGiven(Flag.ACCESS_LOG_FORMAT)) {
            throw new InvalidOption(
                    Flag.ACCESS_LOG_FORMAT.flag(),
                    given.text(Flag.ACCESS_LOG_FORMAT).orElse(""),
                    "only together with " + Flag.ACCESS_LOG.flag());
        }
        return target.map(text -> AccessLogOptions.parse(Flag.ACCESS_LOG.flag(), text, format));
    }

    /** Names, in a refusal, the field of the file where that is where the value came from. */
    private static Instructions namingFields(
            GivenFlags given, KubeProxyConfig config, Supplier<Instructions> instructions) {
        Optional<String> file = given.text(Flag.CONFIG);
        try {
            return instructions.get();
        } catch (InvalidOption invalid) {
            throw file.flatMap(name -> ConfigReader.fieldOf(invalid.option())
                            .map(field -> field.replace("{mode}", config.modeSection()))
                            .map(field -> invalid.renamed(Flag.CONFIG.flag() + " " + name + ": " + field)))
                    .orElse(invalid);
        }
    }
}
