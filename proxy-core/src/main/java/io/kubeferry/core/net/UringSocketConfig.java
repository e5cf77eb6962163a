package io.kubeferry.core.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The options of a {@link UringSocketChannel}: those in the process, and those that the kernel keeps. */
final class UringSocketConfig extends DefaultChannelConfig implements SocketChannelConfig {
    private final UringSocketChannel connection;
    private final UringOptions ofKernel;
    private boolean allowHalfClosure;

    UringSocketConfig(UringSocketChannel channel, UringDescriptor socket) {
        super(channel, UringReader.NO_ALLOCATOR);
        this.connection = channel;
        this.ofKernel = new UringOptions(socket);
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Netty's signature.
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        if (ChannelOption.ALLOW_HALF_CLOSURE.equals(option)) {
            return (T) (Boolean) allowHalfClosure;
        }
        T value = ofKernel.get(option);
        return value == null ? super.getOption(option) : value;
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (ChannelOption.ALLOW_HALF_CLOSURE.equals(option)) {
            allowHalfClosure = (Boolean) value;
            return true;
        }
        return ofKernel.set(option, value) || super.setOption(option, value);
    }

    @Override
    protected void autoReadCleared() {
        connection.readNoMore();
    }

    private <T> T get(ChannelOption<T> option) {
        return Objects.requireNonNull(ofKernel.get(option));
    }

    private <T> UringSocketConfig set(ChannelOption<T> option, T value) {
        boolean _ = ofKernel.set(option, value);
        return this;
    }

    @Override
    public boolean isAllowHalfClosure() {
        return allowHalfClosure;
    }

    @Override
    public UringSocketConfig setAllowHalfClosure(boolean allow) {
        allowHalfClosure = allow;
        return this;
    }

    @Override
    public boolean isTcpNoDelay() {
        return get(ChannelOption.TCP_NODELAY);
    }

    @Override
    public UringSocketConfig setTcpNoDelay(boolean value) {
        return set(ChannelOption.TCP_NODELAY, value);
    }

    @Override
    public int getSoLinger() {
        return get(ChannelOption.SO_LINGER);
    }

    @Override
    public UringSocketConfig setSoLinger(int value) {
        return set(ChannelOption.SO_LINGER, value);
    }

    @Override
    public int getSendBufferSize() {
        return get(ChannelOption.SO_SNDBUF);
    }

    @Override
    public UringSocketConfig setSendBufferSize(int value) {
        return set(ChannelOption.SO_SNDBUF, value);
    }

    @Override
    public int getReceiveBufferSize() {
        return get(ChannelOption.SO_RCVBUF);
    }

    @Override
    public UringSocketConfig setReceiveBufferSize(int value) {
        return set(ChannelOption.SO_RCVBUF, value);
    }

    @Override
    public boolean isKeepAlive() {
        return get(ChannelOption.SO_KEEPALIVE);
    }

    @Override
    public UringSocketConfig setKeepAlive(boolean value) {
        return set(ChannelOption.SO_KEEPALIVE, value);
    }

    @Override
    public int getTrafficClass() {
        return get(ChannelOption.IP_TOS);
    }

    @Override
    public UringSocketConfig setTrafficClass(int value) {
        return set(ChannelOption.IP_TOS, value);
    }

    @Override
    public boolean isReuseAddress() {
        return get(ChannelOption.SO_REUSEADDR);
    }

    @Override
    public UringSocketConfig setReuseAddress(boolean value) {
        return set(ChannelOption.SO_REUSEADDR, value);
    }

    @Override
    public UringSocketConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        return this;
    }

    @Override
    public UringSocketConfig setConnectTimeoutMillis(int connectTimeoutMillis) {
        super.setConnectTimeoutMillis(connectTimeoutMillis);
        return this;
    }

    @Override
    @Deprecated
    public UringSocketConfig setMaxMessagesPerRead(int maxMessagesPerRead) {
        super.setMaxMessagesPerRead(maxMessagesPerRead);
        return this;
    }

    @Override
    public UringSocketConfig setWriteSpinCount(int writeSpinCount) {
        super.setWriteSpinCount(writeSpinCount);
        return this;
    }

    @Override
    public UringSocketConfig setAllocator(ByteBufAllocator allocator) {
        super.setAllocator(allocator);
        return this;
    }

    @Override
    public UringSocketConfig setRecvByteBufAllocator(RecvByteBufAllocator allocator) {
        super.setRecvByteBufAllocator(allocator);
        return this;
    }

    @Override
    public UringSocketConfig setAutoRead(boolean autoRead) {
        super.setAutoRead(autoRead);
        return this;
    }

    @Override
    public UringSocketConfig setMessageSizeEstimator(MessageSizeEstimator estimator) {
        super.setMessageSizeEstimator(estimator);
        return this;
    }

    @Override
    public UringSocketConfig setWriteBufferWaterMark(WriteBufferWaterMark waterMark) {
        super.setWriteBufferWaterMark(waterMark);
        return this;
    }

    @Override
    public UringSocketConfig setAutoClose(boolean autoClose) {
        super.setAutoClose(autoClose);
        return this;
    }
}
