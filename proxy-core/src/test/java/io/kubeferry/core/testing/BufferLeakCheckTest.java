package io.kubeferry.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.Test;

class BufferLeakCheckTest {
    @Test
    void bufferThatIsDroppedUnreleasedIsFoundOnceWithItsTrace() {
        drop(ByteBufAllocator.DEFAULT);

        List<String> found = BufferLeaks.find();

        assertThat(found).singleElement().asString().contains("ByteBuf", "BufferLeakCheckTest.drop");
        assertThat(BufferLeaks.find()).isEmpty();
    }

    @Test
    void leakOfAnyAllocatorIsFound() {
        drop(UnpooledByteBufAllocator.DEFAULT);

        assertThat(BufferLeaks.find()).hasSize(1);
    }

    @Test
    void releasedBufferIsNoLeak() {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer(16);
        buffer.writeLong(1);
        buffer.release();

        assertThat(BufferLeaks.find()).isEmpty();
    }

    @Test
    void bufferStillInUseIsNoLeak() {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer(16);

        assertThat(BufferLeaks.find()).isEmpty();

        buffer.release();
    }

    @Test
    void classFailsOnLeaksAndNamesThem() {
        drop(ByteBufAllocator.DEFAULT);

        List<String> found = BufferLeaks.find();

        assertThatThrownBy(() -> BufferLeakCheck.failOn(found))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 leaked")
                .hasMessageContaining("BufferLeakCheckTest.classFailsOnLeaksAndNamesThem");
        assertThatCode(() -> BufferLeakCheck.failOn(List.of())).doesNotThrowAnyException();
    }

    private static void drop(ByteBufAllocator allocator) {
        allocator.buffer(16).writeByte(1);
    }
}
