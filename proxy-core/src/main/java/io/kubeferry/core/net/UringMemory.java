package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Buffer;

/** Where buffers are, for the kernel. Pure. */
final class UringMemory {
    private UringMemory() {}

    /** The address of the byte at {@code index} of a direct buffer. */
    static long address(ByteBuf direct, int index) {
        return direct.hasMemoryAddress()
                ? direct.memoryAddress() + index
                // Without access to memory by address, a buffer of the JDK's still knows its own.
                : Buffer.memoryAddress(direct.internalNioBuffer(index, direct.capacity() - index))
                        + direct.internalNioBuffer(index, direct.capacity() - index)
                                .position();
    }
}
