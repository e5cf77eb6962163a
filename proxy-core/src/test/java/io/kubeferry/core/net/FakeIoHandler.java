package io.kubeferry.core.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.List;

/** In place of Netty's handler of an event loop: knows what was registered, and never waits. */
final class FakeIoHandler implements IoHandler {
    private final List<FakeIoRegistration> registrations = new ArrayList<>();
    private boolean isClosing;

    /** Takes no more registrations. */
    void beginToClose() {
        isClosing = true;
    }

    /** All that were asked for, also those that were cancelled. */
    List<FakeIoRegistration> registrations() {
        return registrations;
    }

    @Override
    public IoRegistration register(IoHandle handle) {
        if (isClosing) {
            throw new IllegalStateException("shutting down");
        }
        FakeIoRegistration registration = new FakeIoRegistration(handle);
        registrations.add(registration);
        return registration;
    }

    @Override
    public int run(IoHandlerContext context) {
        return 0;
    }

    @Override
    public void destroy() {}

    @Override
    public void wakeup() {}

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return true;
    }
}
