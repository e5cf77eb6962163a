package io.kubeferry.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubeferry.core.testing.Transports;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PipePoolTest {
    private static final int MAX_PIPES = 4;
    private static final int USUAL = 256 * 1024;
    private static final int LARGE = 1024 * 1024;

    private final Splicing splicing = new Splicing();
    private final PipePool pool = new PipePool(splicing, MAX_PIPES);
    private final List<KernelPipe> lent = new ArrayList<>();

    @BeforeEach
    void prepare() {
        assumeThat(Transports.available()).as("pipes are Linux's").contains(TransportPreference.EPOLL);
        splicing.prepare();
    }

    @AfterEach
    void close() {
        pool.close();
        lent.forEach(KernelPipe::close);
    }

    @Test
    void pipesAreLentUpToTheLimitAndAgainWhenTheyComeBack() {
        KernelPipe first = lent(pool.borrow());
        KernelPipe large = lent(pool.borrowLarge());
        KernelPipe second = lent(pool.borrow());
        KernelPipe last = lent(pool.borrow());
        assertThat(List.of(first, large, second, last)).doesNotHaveDuplicates();
        assertThat(pool.canLend()).isFalse();
        assertThat(pool.borrow()).isEmpty();
        assertThat(pool.borrowLarge()).isEmpty();

        pool.giveBack(first);
        assertThat(lent(pool.borrow())).isSameAs(first);
        assertThat(pool.canLend()).isFalse();
    }

    @Test
    void thereAreTwoLargePipesForThoseWhoAskFirst() {
        KernelPipe large = lent(pool.borrowLarge());
        assertThat(large.room()).isEqualTo(LARGE);
        assertThat(lent(pool.borrowLarge()).room()).isEqualTo(LARGE);
        assertThat(lent(pool.borrowLarge()).room()).isEqualTo(USUAL);

        pool.giveBack(large);
        assertThat(lent(pool.borrow()).room()).isEqualTo(USUAL);
        pool.giveBack(lent.getLast());
        assertThat(lent(pool.borrowLarge())).isSameAs(large);
    }

    @Test
    void idleOnesOfTheOtherSizeAreLentBeforeMoreThanTheLimitAreOpen() {
        KernelPipe large = lent(pool.borrowLarge());
        List<KernelPipe> usual = List.of(lent(pool.borrow()), lent(pool.borrow()), lent(pool.borrow()));
        pool.giveBack(large);
        assertThat(lent(pool.borrow())).isSameAs(large);

        usual.forEach(pool::giveBack);
        assertThat(lent(pool.borrowLarge())).isIn(usual);
    }

    @Test
    void nothingIsLentWhereTheKernelRefuses() {
        splicing.refuse(new IllegalStateException("as a seccomp filter would"));
        assertThat(pool.borrow()).isEmpty();
        assertThat(pool.borrowLarge()).isEmpty();
    }

    private KernelPipe lent(Optional<KernelPipe> borrowed) {
        KernelPipe pipe = borrowed.orElseThrow();
        lent.add(pipe);
        return pipe;
    }
}
