package io.kubeferry.agent.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The commands of kubeferry, and which flags each takes. */
enum CommandName {
    RUN("Carries the connections of Kubernetes Services to their pods. The default command."),
    DEMO("Shows the main job on Services and pods of its own: no cluster needed, nothing changed."),
    PLAN("Prints what run would serve, where and why, and what it would leave out. Binds nothing."),
    STATUS("Prints what the agent on this host serves right now; with a Service's name, all about that one."),
    TOP("Shows which Services of the agent on this host are busiest, again and again."),
    CLEANUP("Removes what --addresses capture left on this host, and nothing else.");

    private final String summary;

    CommandName(String summary) {
        this.summary = summary;
    }

    /** As users write it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String summary() {
        return summary;
    }

    boolean takes(Flag flag) {
        return switch (this) {
            case RUN -> flag.group() != FlagGroup.COMMAND;
            case PLAN ->
                switch (flag) {
                    case ONCE, WATCH, WRITE_CONFIG_TO, INIT_ONLY -> false;
                    default -> true;
                };
            case DEMO ->
                switch (flag) {
                    case ONCE,
                            TRANSPORT,
                            EVENT_LOOPS,
                            HEALTHZ_BIND_ADDRESS,
                            METRICS_BIND_ADDRESS,
                            STATUS_BIND_ADDRESS,
                            ACCESS_LOG,
                            ACCESS_LOG_FORMAT,
                            VERBOSITY,
                            LOG_FORMAT -> true;
                    default -> false;
                };
            case CLEANUP ->
                switch (flag) {
                    case FWMARK, VERBOSITY, LOG_FORMAT -> true;
                    default -> false;
                };
            case STATUS ->
                switch (flag) {
                    case STATUS_BIND_ADDRESS, OUTPUT, WATCH, VERBOSITY, LOG_FORMAT -> true;
                    default -> false;
                };
            case TOP ->
                switch (flag) {
                    case STATUS_BIND_ADDRESS, ONCE, VERBOSITY, LOG_FORMAT -> true;
                    default -> false;
                };
        };
    }

    /** Whether the flags of kube-proxy that mean nothing are accepted too. */
    boolean takesIgnoredFlags() {
        return this == RUN || this == PLAN;
    }

    static Optional<CommandName> of(String word) {
        return Arrays.stream(values()).filter(name -> name.word().equals(word)).findFirst();
    }
}
