package io.kubeferry.core.connection;

import io.kubeferry.core.balance.EndpointPicker;
import io.kubeferry.core.model.ConnectionRules;
import io.kubeferry.core.observe.ServicePortStats;
import io.kubeferry.core.routing.SourceAddress;

/**
 * What a connection is for: the service port behind its original destination. Immutable; its parts are thread-safe.
 *
 * @param picker chooses among the endpoints that the policy of this address leaves
 * @param rules what the owner of the Service wants
 * @param settings how its connections are made and given up, which follows from the rules
 * @param stats where the service port is counted
 * @param share the part of the connection budget that the service port has in use
 * @param source which address endpoints may see, where there is a choice
 */
public record Destination(
        EndpointPicker picker,
        ConnectionRules rules,
        ConnectionSettings settings,
        ServicePortStats stats,
        ConnectionBudget.Share share,
        SourceAddress source) {}
