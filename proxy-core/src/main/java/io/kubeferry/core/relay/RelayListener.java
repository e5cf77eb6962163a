package io.kubeferry.core.relay;

import io.kubeferry.core.observe.CloseReason;

/** Told what a relay does. Called on the event loop of the relay. */
public interface RelayListener {
    /** {@code bytes} were read on one side and are on their way to the other. */
    void moved(Direction direction, long bytes);

    /** The relay ended. Called once, last. */
    void ended(CloseReason reason);
}
