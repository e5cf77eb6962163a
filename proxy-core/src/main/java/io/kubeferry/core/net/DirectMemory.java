package io.kubeferry.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.unix.Buffer;
import java.nio.ByteBuffer;

/** Where buffers are, for the kernel. Pure. */
final class DirectMemory {
    private DirectMemory() {}

    /** The address of the byte at {@code index} of a direct buffer. */
    static long address(ByteBuf direct, int index) {
        if (direct.hasMemoryAddress()) {
            return direct.memoryAddress() + index;
        }
        // Without access to memory by address, a buffer of the JDK's still knows its own.
        ByteBuffer bytes = direct.internalNioBuffer(index, 1);
        return Buffer.memoryAddress(bytes) + bytes.position();
    }
}
