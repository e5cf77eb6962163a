package io.kubeferry.agent.cli;

import io.kubeferry.agent.options.InvalidOption;
import io.kubeferry.agent.options.KubeProxyConfig;
import io.kubeferry.agent.options.KubeProxyConfigFile;
import io.kubeferry.agent.options.KubeProxyOptions;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the kube-proxy configuration in force: that of {@code --config}, else the defaults with what the flags change
 * (kube-proxy: {@code Options.Complete}). Main thread only.
 */
final class ConfigReader {
    /** The flags that count beside a file. */
    private static final Set<Flag> BEAT_THE_FILE = Set.of(Flag.HOSTNAME_OVERRIDE, Flag.VERBOSITY, Flag.LOG_FORMAT);

    private static final List<Flag> DEPRECATED_PORTS = List.of(Flag.HEALTHZ_PORT, Flag.METRICS_PORT);

    private final GivenFlags given;
    private final List<String> ignoredFlags = new ArrayList<>();
    private final List<String> overruledFlags = new ArrayList<>();
    private List<String> unknownFields = List.of();

    ConfigReader(GivenFlags given) {
        this.given = given;
    }

    /** The configuration in force. */
    KubeProxyConfig read(Environment environment) {
        Optional<String> file = given.text(Flag.CONFIG).filter(name -> !name.isEmpty());
        KubeProxyConfig config = file.isPresent()
                ? readFile(file.get(), environment)
                : KubeProxyConfig.defaultsFor(given.text(Flag.BIND_ADDRESS).orElse(""));
        for (IgnoredFlag flag : IgnoredFlag.values()) {
            config = applyIgnored(config, flag, file.isPresent());
        }
        for (Flag flag : Flag.values()) {
            config = apply(config, flag, file.isPresent());
        }
        if (file.isEmpty()) {
            return withDeprecatedPorts(config);
        }
        DEPRECATED_PORTS.stream().filter(given::isGiven).map(Flag::flag).forEach(overruledFlags::add);
        return config;
    }

    List<String> ignoredFlags() {
        return ignoredFlags;
    }

    List<String> overruledFlags() {
        return overruledFlags;
    }

    List<String> unknownFields() {
        return unknownFields;
    }

    /** The field that holds, in a file, what this flag says. */
    static Optional<String> fieldOf(String flag) {
        return Stream.concat(
                        Arrays.stream(Flag.values())
                                .filter(known -> known.flag().equals(flag) && !BEAT_THE_FILE.contains(known))
                                .map(Flag::field),
                        Arrays.stream(IgnoredFlag.values())
                                .filter(known -> known.flag().equals(flag))
                                .map(IgnoredFlag::field))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private KubeProxyConfig readFile(String name, Environment environment) {
        try {
            KubeProxyConfigFile file = KubeProxyConfigFile.parse(name, environment.read(Path.of(name)));
            unknownFields = file.unknownFields();
            return file.config();
        } catch (NoSuchFileException missing) {
            throw new InvalidOption(Flag.CONFIG.flag(), name, "a file that exists");
        } catch (IOException unreadable) {
            throw new InvalidOption(Flag.CONFIG.flag(), name, "a file that can be read: " + unreadable.getMessage());
        } catch (InvalidOption invalid) {
            throw invalid.option().equals(name)
                    ? invalid.renamed(Flag.CONFIG.flag() + " " + name)
                    : invalid.renamed(Flag.CONFIG.flag() + " " + name + ": " + invalid.option());
        }
    }

    private KubeProxyConfig applyIgnored(KubeProxyConfig config, IgnoredFlag flag, boolean hasFile) {
        List<String> texts = given.texts(flag.flag());
        if (texts.isEmpty()) {
            return config;
        }
        if (flag != IgnoredFlag.DETECT_LOCAL_MODE) { // Said apart, and only where it makes a difference.
            ignoredFlags.add(flag.flag());
        }
        return flag.field().isEmpty() || hasFile
                ? config
                : config.with(flag.flag(), flag.field().get(), texts);
    }

    private KubeProxyConfig apply(KubeProxyConfig config, Flag flag, boolean hasFile) {
        List<String> texts = given.texts(flag);
        if (texts.isEmpty() || flag.field().isEmpty()) {
            return config;
        }
        if (hasFile && !BEAT_THE_FILE.contains(flag)) {
            overruledFlags.add(flag.flag());
            return config;
        }
        if (flag == Flag.FEATURE_GATES) {
            given.elements(flag).stream()
                    .map(gate -> gate.split("=", 2)[0])
                    .filter(gate -> !gate.equals(KubeProxyOptions.EXTERNAL_IPS_GATE))
                    .forEach(gate -> ignoredFlags.add(flag.flag() + "=" + gate));
        }
        return config.with(flag.flag(), flag.field().get().replace("{mode}", config.modeSection()), texts);
    }

    /** A port of 0 disables the server; any other is for an address without one. */
    private KubeProxyConfig withDeprecatedPorts(KubeProxyConfig config) {
        KubeProxyConfig withHealthz = withPort(config, Flag.HEALTHZ_PORT, Flag.HEALTHZ_BIND_ADDRESS);
        return withPort(withHealthz, Flag.METRICS_PORT, Flag.METRICS_BIND_ADDRESS);
    }

    private KubeProxyConfig withPort(KubeProxyConfig config, Flag port, Flag address) {
        OptionalInt number = given.number(port);
        return number.isEmpty()
                ? config
                : config.withPort(port.flag(), address.field().orElseThrow(), number.getAsInt());
    }
}
