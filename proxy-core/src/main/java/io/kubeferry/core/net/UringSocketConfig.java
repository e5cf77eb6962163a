package io.kubeferry.core.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.MessageSizeEstimator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;
import org.jspecify.annotations.Nullable;

/** The options of a {@link UringSocketChannel}: {@link UringConfig}'s under their own names. */
final class UringSocketConfig extends UringConfig implements SocketChannelConfig {
    private boolean allowHalfClosure;

    UringSocketConfig(UringSocketChannel channel) {
        super(channel);
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Netty's signature.
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        return ChannelOption.ALLOW_HALF_CLOSURE.equals(option)
                ? (T) (Boolean) allowHalfClosure
                : super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (ChannelOption.ALLOW_HALF_CLOSURE.equals(option)) {
            allowHalfClosure = (Boolean) value;
            return true;
        }
        return super.setOption(option, value);
    }

    private <T> UringSocketConfig set(ChannelOption<T> option, T value) {
        boolean _ = setOption(option, value);
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
        return ask(ChannelOption.TCP_NODELAY);
    }

    @Override
    public UringSocketConfig setTcpNoDelay(boolean value) {
        return set(ChannelOption.TCP_NODELAY, value);
    }

    @Override
    public int getSoLinger() {
        return ask(ChannelOption.SO_LINGER);
    }

    @Override
    public UringSocketConfig setSoLinger(int value) {
        return set(ChannelOption.SO_LINGER, value);
    }

    @Override
    public int getSendBufferSize() {
        return ask(ChannelOption.SO_SNDBUF);
    }

    @Override
    public UringSocketConfig setSendBufferSize(int value) {
        return set(ChannelOption.SO_SNDBUF, value);
    }

    @Override
    public int getReceiveBufferSize() {
        return ask(ChannelOption.SO_RCVBUF);
    }

    @Override
    public UringSocketConfig setReceiveBufferSize(int value) {
        return set(ChannelOption.SO_RCVBUF, value);
    }

    @Override
    public boolean isKeepAlive() {
        return ask(ChannelOption.SO_KEEPALIVE);
    }

    @Override
    public UringSocketConfig setKeepAlive(boolean value) {
        return set(ChannelOption.SO_KEEPALIVE, value);
    }

    @Override
    public int getTrafficClass() {
        return ask(ChannelOption.IP_TOS);
    }

    @Override
    public UringSocketConfig setTrafficClass(int value) {
        return set(ChannelOption.IP_TOS, value);
    }

    @Override
    public boolean isReuseAddress() {
        return ask(ChannelOption.SO_REUSEADDR);
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
