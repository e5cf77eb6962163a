package io.kubeferry.agent.cli;

import io.kubeferry.agent.options.AgentOptions;
import java.util.List;

/**
 * What a command line comes to. Immutable.
 *
 * @param options for the agent
 * @param log what is logged
 * @param ignoredFlags flags of kube-proxy that were given and mean nothing here
 * @param overruledFlags flags that were given and that the configuration file overrules
 * @param unknownFields fields of the configuration file that kube-proxy does not have
 */
record Instructions(
        AgentOptions options,
        LogOptions log,
        List<String> ignoredFlags,
        List<String> overruledFlags,
        List<String> unknownFields) {
    /** Freezes the lists. */
    Instructions {
        ignoredFlags = List.copyOf(ignoredFlags);
        overruledFlags = List.copyOf(overruledFlags);
        unknownFields = List.copyOf(unknownFields);
    }
}
