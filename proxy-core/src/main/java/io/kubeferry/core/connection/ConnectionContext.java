package io.kubeferry.core.connection;

import io.kubeferry.core.net.SocketTuning;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.observe.ConnectionLog;
import io.kubeferry.core.observe.Ticker;
import io.kubeferry.core.relay.Relays;
import java.util.Optional;

/** What all connections of the process share. Immutable; its parts are thread-safe. */
record ConnectionContext(
        Transport transport,
        SocketTuning tuning,
        Relays relays,
        Destinations destinations,
        Optional<UpstreamSources> sources,
        Ticker ticker,
        Optional<ConnectionLog> log) {}
