package io.kubeferry.core.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

/** What Netty's buffers hold of the process's memory, which the JVM's own meters do not see. Thread-safe. */
public final class BufferMemory {
    private BufferMemory() {}

    /** Bytes taken from the system for buffers, in use or kept for later. */
    public static long usedBytes() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory() + provider.metric().usedHeapMemory()
                : 0;
    }
}
