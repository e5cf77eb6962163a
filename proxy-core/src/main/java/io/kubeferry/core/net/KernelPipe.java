package io.kubeferry.core.net;

import io.netty.channel.epoll.Native;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;

/**
 * A pipe in the kernel, through which splice(2) moves bytes from one socket to another without copying them. Two descriptors.
 *
 * <p>Threading: confined to one event loop, that of the streams; nothing here waits.
 */
public final class KernelPipe implements AutoCloseable {
    private static final int NO_OFFSET = -1;

    private final FileDescriptor readEnd;
    private final FileDescriptor writeEnd;
    private final int room;
    private int bytes;

    private KernelPipe(FileDescriptor readEnd, FileDescriptor writeEnd, int room) {
        this.readEnd = readEnd;
        this.writeEnd = writeEnd;
        this.room = room;
    }

    /**
     * A new, empty one.
     *
     * @param room it takes so many bytes in pages of 4 KiB, the least that a socket's input comes in; fewer at a time where this
     *     user may have no more than the usual 64 KiB
     */
    static KernelPipe open(int room) throws IOException {
        FileDescriptor[] ends = FileDescriptor.pipe();
        KernelPipe pipe = new KernelPipe(ends[0], ends[1], room);
        boolean _ = Fcntl.resizePipe(ends[1].intValue(), room);
        return pipe;
    }

    /** How many bytes it was made for; it may hold fewer. */
    public int room() {
        return room;
    }

    /** Whether all that came in has gone out. */
    public boolean isEmpty() {
        return bytes == 0;
    }

    /**
     * Takes what {@code source} has received, as far as there is room.
     *
     * @return how many; 0 if there are none, if the input has ended (this does not tell which), or if the pipe is full
     * @throws IOException if the socket has failed, the stream is closed, or the system call is not allowed ({@link
     *     #isRefused})
     */
    public int fillFrom(TcpStream source) throws IOException {
        int moved = Native.splice(source.descriptor(), NO_OFFSET, writeEnd.intValue(), NO_OFFSET, room - bytes);
        bytes += moved;
        return moved;
    }

    /**
     * Gives to {@code sink} what is in the pipe, as far as it is taken without waiting.
     *
     * @return how many bytes
     * @throws IOException if the socket has failed or the stream is closed
     */
    public int drainTo(TcpStream sink) throws IOException {
        int moved = Native.splice(readEnd.intValue(), NO_OFFSET, sink.descriptor(), NO_OFFSET, bytes);
        bytes -= moved;
        return moved;
    }

    /** Whether the kernel, or a seccomp filter, does not do this at all, so that trying again is of no use. */
    public static boolean isRefused(IOException cause) {
        // EPERM, EINVAL, ENOSYS.
        return cause instanceof Errors.NativeIoException refused
                && switch (Math.abs(refused.expectedErr())) {
                    case 1, 22, 38 -> true;
                    default -> false;
                };
    }

    /** Closes it; bytes that are in it are lost. */
    @Override
    public void close() {
        closeQuietly(readEnd);
        closeQuietly(writeEnd);
    }

    private static void closeQuietly(FileDescriptor end) {
        try {
            end.close();
        } catch (IOException nothingToFlush) {
            // The descriptor is free all the same, and a pipe has nothing that could fail to be written.
        }
    }
}
