package io.kubeferry.core.net;

import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The options of a {@link UringChannel}: those in the process, and those that the kernel keeps. */
abstract class UringConfig extends DefaultChannelConfig {
    /** Not asked: reads are sized where they are made. */
    private static final RecvByteBufAllocator NONE = new FixedRecvByteBufAllocator(1);

    private final UringOptions ofKernel;

    UringConfig(UringChannel channel) {
        super(channel, NONE);
        this.ofKernel = new UringOptions(channel.fd());
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature.
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        T value = ofKernel.get(option);
        return value == null ? super.getOption(option) : value;
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        return ofKernel.set(option, value) || super.setOption(option, value);
    }

    @Override
    protected final void autoReadCleared() {
        ((UringChannel) channel).autoReadCleared();
    }

    /** The value of one of the kernel's options. */
    final <T> T ask(ChannelOption<T> option) {
        return Objects.requireNonNull(ofKernel.get(option));
    }
}
