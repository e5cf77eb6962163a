package io.kubeferry.core.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConnectionBudgetTest {
    @Test
    void oneServicePortGetsHalfAndLeavesTheRestToOthers() {
        ConnectionBudget budget = new ConnectionBudget(10);
        ConnectionBudget.Share greedy = budget.newShare();
        ConnectionBudget.Share other = budget.newShare();

        assertThat(takeAll(greedy)).isEqualTo(5);
        assertThat(budget.isExhausted()).isFalse();
        assertThat(takeAll(other)).isEqualTo(5);
        assertThat(budget.isExhausted()).isTrue();
    }

    @Test
    void placeGivenBackCanBeTakenAgain() {
        ConnectionBudget budget = new ConnectionBudget(2);
        ConnectionBudget.Share one = budget.newShare();
        ConnectionBudget.Share other = budget.newShare();
        takeAll(one);
        takeAll(other);

        one.giveBack();

        assertThat(budget.isExhausted()).isFalse();
        assertThat(one.take()).isEqualTo(ConnectionBudget.Grant.GRANTED);
        assertThat(one.take()).isEqualTo(ConnectionBudget.Grant.BUDGET_USED_UP);
    }

    @Test
    void placeRefusedIsNotCounted() {
        ConnectionBudget budget = new ConnectionBudget(4);
        ConnectionBudget.Share share = budget.newShare();
        takeAll(share);

        for (int i = 0; i < 10; i++) {
            assertThat(share.take()).isEqualTo(ConnectionBudget.Grant.BUDGET_USED_UP);
        }
        share.giveBack();

        assertThat(takeAll(share)).isEqualTo(1);
        assertThat(budget.isExhausted()).isFalse();
    }

    @Test
    void evenTheSmallestBudgetLetsEveryServicePortHaveOneConnection() {
        assertThat(takeAll(new ConnectionBudget(1).newShare())).isEqualTo(1);
    }

    @Test
    void limitFollowsTheDescriptorsInBothDirections() {
        ConnectionBudget budget = new ConnectionBudget(4);
        ConnectionBudget.Share share = budget.newShare();
        takeAll(share);

        budget.setLimit(8);
        assertThat(takeAll(share)).isEqualTo(2);

        budget.setLimit(4);
        assertThat(budget.isExhausted()).isTrue();
        assertThat(share.take()).isEqualTo(ConnectionBudget.Grant.BUDGET_USED_UP);
        share.giveBack();
        assertThat(budget.isExhausted()).isFalse();
    }

    @Test
    void ownerOfTheServiceMayAllowLessAndChangeThatMeanwhile() {
        ConnectionBudget.Share share = new ConnectionBudget(100).newShare();
        share.setMax(OptionalInt.of(2));
        assertThat(takeAll(share)).isEqualTo(2);
        assertThat(share.take()).isEqualTo(ConnectionBudget.Grant.MAX_REACHED);

        share.setMax(OptionalInt.of(3));
        assertThat(takeAll(share)).isEqualTo(1);
        share.setMax(OptionalInt.of(1));
        share.giveBack();
        assertThat(share.take()).isEqualTo(ConnectionBudget.Grant.MAX_REACHED);
        share.setMax(OptionalInt.empty());
        assertThat(takeAll(share)).isEqualTo(48);
    }

    @Test
    void countsStayExactOverManyThreads() throws Exception {
        ConnectionBudget budget = new ConnectionBudget(8);
        ConnectionBudget.Share share = budget.newShare();
        Callable<Integer> comings = () -> {
            int taken = 0;
            for (int i = 0; i < 10_000; i++) {
                if (share.take() == ConnectionBudget.Grant.GRANTED) {
                    taken++;
                    share.giveBack();
                }
            }
            return taken;
        };
        int taken = 0;
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            for (Future<Integer> ofThread :
                    pool.invokeAll(IntStream.range(0, 8).mapToObj(_ -> comings).toList())) {
                taken += ofThread.get();
            }
        }

        // Not each: those that wait for the processor may hold all there is.
        assertThat(taken).isPositive();
        assertThat(takeAll(share)).isEqualTo(4);
    }

    private static int takeAll(ConnectionBudget.Share share) {
        int taken = 0;
        while (share.take() == ConnectionBudget.Grant.GRANTED) {
            taken++;
        }
        return taken;
    }
}
