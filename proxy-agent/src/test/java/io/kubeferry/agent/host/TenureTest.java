package io.kubeferry.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeferry.agent.host.Tenure.Found;
import io.kubeferry.agent.host.Tenure.Move;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TenureTest {
    /** What a process does that is {@code tenure} and finds the table so, and what it is afterwards. */
    record Case(Tenure tenure, Found found, boolean alone, Move move, Tenure after) {}

    static List<Case> cases() {
        return List.of(
                new Case(Tenure.NEW, Found.AMISS, true, Move.MAKE, Tenure.HOLDING),
                new Case(Tenure.NEW, Found.AMISS, false, Move.MAKE, Tenure.HOLDING),
                new Case(Tenure.NEW, Found.ANOTHERS, true, Move.MAKE, Tenure.HOLDING),
                // The process that comes takes over from the one that is there.
                new Case(Tenure.NEW, Found.ANOTHERS, false, Move.MAKE, Tenure.HOLDING),
                new Case(Tenure.HOLDING, Found.INTACT, true, Move.NONE, Tenure.HOLDING),
                new Case(Tenure.HOLDING, Found.INTACT, false, Move.NONE, Tenure.HOLDING),
                new Case(Tenure.HOLDING, Found.AMISS, true, Move.REPAIR, Tenure.HOLDING),
                new Case(Tenure.HOLDING, Found.AMISS, false, Move.REPAIR, Tenure.HOLDING),
                new Case(Tenure.HOLDING, Found.ANOTHERS, false, Move.YIELD, Tenure.YIELDED),
                // The other one came and went between two looks.
                new Case(Tenure.HOLDING, Found.ANOTHERS, true, Move.TAKE_BACK, Tenure.HOLDING),
                new Case(Tenure.YIELDED, Found.ANOTHERS, false, Move.NONE, Tenure.YIELDED),
                // The owner puts it back; two that do would take it from each other for ever.
                new Case(Tenure.YIELDED, Found.AMISS, false, Move.NONE, Tenure.YIELDED),
                new Case(Tenure.YIELDED, Found.ANOTHERS, true, Move.TAKE_BACK, Tenure.HOLDING),
                new Case(Tenure.YIELDED, Found.AMISS, true, Move.TAKE_BACK, Tenure.HOLDING));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsFoundAndWhoIsAtWorkDecide(Case row) {
        Move move = row.tenure().move(row.found(), row.alone());
        assertThat(move).isEqualTo(row.move());
        assertThat(move.after(row.tenure())).isEqualTo(row.after());
    }
}
