package io.kubeferry.core.relay;

import io.kubeferry.core.net.PipePool;
import io.kubeferry.core.net.SocketWatch;
import io.kubeferry.core.net.TcpStream;
import io.kubeferry.core.net.Transport;
import io.kubeferry.core.net.TransportPreference;
import io.kubeferry.core.testing.Transports;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.provider.Arguments;

/** The kinds of relay that the contract is tested with. */
enum RelayKind {
    BUFFERED,
    /** As kubeferry runs it. */
    SPLICING,
    /** Everything counts as bulk, and goes on to. */
    EAGERLY_SPLICING,
    /** Everything counts as bulk, and as none after the next piece. */
    FICKLY_SPLICING;

    /** Every transport of this host with every kind that works on it. */
    static List<Arguments> onTransports() {
        List<Arguments> all = new ArrayList<>();
        for (TransportPreference transport : Transports.available()) {
            for (RelayKind kind : values()) {
                if (kind.worksOn(Transport.choose(transport))) {
                    all.add(Arguments.of(transport, kind));
                }
            }
        }
        return all;
    }

    private boolean worksOn(Transport transport) {
        return this == BUFFERED || transport.canSplice();
    }

    Relay between(
            TcpStream downstream,
            TcpStream upstream,
            RelayListener listener,
            PipePool pipes,
            Function<TcpStream, SocketWatch> watches) {
        return switch (this) {
            case BUFFERED -> new BufferedRelay(downstream, upstream, listener);
            case SPLICING -> new SplicingRelay(downstream, upstream, listener, pipes, watches);
            case EAGERLY_SPLICING ->
                new SplicingRelay(downstream, upstream, listener, pipes, watches, new BulkMeter.Limits(1, 1, 0, 1));
            case FICKLY_SPLICING ->
                new SplicingRelay(
                        downstream,
                        upstream,
                        listener,
                        pipes,
                        watches,
                        new BulkMeter.Limits(1, 1, Integer.MAX_VALUE, 1));
        };
    }
}
