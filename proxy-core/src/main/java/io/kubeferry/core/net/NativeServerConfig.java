package io.kubeferry.core.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.netty.util.NetUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The options of a {@link NativeServerChannel}: those in the process, and those that the kernel keeps. */
final class NativeServerConfig extends DefaultChannelConfig implements ServerSocketChannelConfig {
    /** Not asked: nothing is read. */
    private static final RecvByteBufAllocator NONE = new FixedRecvByteBufAllocator(1);

    private final TcpDescriptor socket;
    private int backlog = NetUtil.SOMAXCONN;

    NativeServerConfig(NativeServerChannel channel) {
        super(channel, NONE);
        this.socket = channel.fd();
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Netty's signature.
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        if (ChannelOption.SO_BACKLOG.equals(option)) {
            return (T) (Integer) backlog;
        }
        T value = KernelOptions.get(socket, option);
        return value == null ? super.getOption(option) : value;
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (ChannelOption.SO_BACKLOG.equals(option)) {
            backlog = (Integer) value;
            return true;
        }
        return KernelOptions.set(socket, option, value) || super.setOption(option, value);
    }

    @Override
    protected void autoReadCleared() {
        ((NativeServerChannel) channel).autoReadCleared();
    }

    private <T> T ask(ChannelOption<T> option) {
        return Objects.requireNonNull(KernelOptions.get(socket, option));
    }

    private <T> NativeServerConfig set(ChannelOption<T> option, T value) {
        boolean _ = setOption(option, value);
        return this;
    }

    @Override
    public int getBacklog() {
        return backlog;
    }

    @Override
    public NativeServerConfig setBacklog(int connections) {
        backlog = connections;
        return this;
    }

    @Override
    public boolean isReuseAddress() {
        return ask(ChannelOption.SO_REUSEADDR);
    }

    @Override
    public NativeServerConfig setReuseAddress(boolean value) {
        return set(ChannelOption.SO_REUSEADDR, value);
    }

    @Override
    public int getReceiveBufferSize() {
        return ask(ChannelOption.SO_RCVBUF);
    }

    @Override
    public NativeServerConfig setReceiveBufferSize(int value) {
        return set(ChannelOption.SO_RCVBUF, value);
    }

    @Override
    public NativeServerConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public NativeServerConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public NativeServerConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public NativeServerConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public NativeServerConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public NativeServerConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public NativeServerConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public NativeServerConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public NativeServerConfig setWriteBufferWaterMark(WriteBufferWaterMark waterMark) {
        super.setWriteBufferWaterMark(waterMark);
        return this;
    }

    @Override
    public NativeServerConfig setWriteBufferHighWaterMark(int bytes) {
        super.setWriteBufferHighWaterMark(bytes);
        return this;
    }

    @Override
    public NativeServerConfig setWriteBufferLowWaterMark(int bytes) {
        super.setWriteBufferLowWaterMark(bytes);
        return this;
    }
}
