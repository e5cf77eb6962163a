package io.kubeferry.core.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A registration that does nothing but remember what was asked of it. */
final class FakeIoRegistration implements IoRegistration {
    private final IoHandle handle;
    private final List<IoOps> submitted = new ArrayList<>();
    private boolean isRefusing;
    private boolean isCancelled;

    FakeIoRegistration(IoHandle handle) {
        this.handle = handle;
    }

    /** What is registered. */
    IoHandle handle() {
        return handle;
    }

    List<IoOps> submitted() {
        return submitted;
    }

    /** Fails whatever is submitted from now on. */
    void refuse() {
        isRefusing = true;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature.
    public <T> T attachment() {
        throw new AssertionError("nobody asks for it");
    }

    @Override
    public long submit(IoOps ops) {
        if (isRefusing) {
            throw new UncheckedIOException(new IOException("no room"));
        }
        submitted.add(ops);
        return submitted.size();
    }

    @Override
    public boolean isValid() {
        return !isCancelled;
    }

    @Override
    public boolean cancel() {
        isCancelled = true;
        return true;
    }
}
