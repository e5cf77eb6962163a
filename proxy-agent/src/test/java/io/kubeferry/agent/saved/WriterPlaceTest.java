package io.kubeferry.agent.saved;

import static io.kubeferry.agent.saved.WriterPlace.State.GAVE_WAY;
import static io.kubeferry.agent.saved.WriterPlace.State.WAITING;
import static io.kubeferry.agent.saved.WriterPlace.State.WRITING;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes and one place: never do both write. */
class WriterPlaceTest {
    @TempDir
    private Path folder;

    private WriterPlace older;
    private WriterPlace newer;

    @BeforeEach
    void olderWrites() throws Exception {
        older = place(true);
        newer = place(true);
        assertThat(older.look()).isEqualTo(WRITING);
        assertThat(older.look()).as("with nobody else").isEqualTo(WRITING);
    }

    @AfterEach
    void close() throws Exception {
        older.close();
        newer.close();
    }

    @Test
    void whoTakesOverWritesWhenTheOtherHasMadeWay() throws Exception {
        assertThat(newer.look()).isEqualTo(WAITING);
        assertThat(older.look()).isEqualTo(GAVE_WAY);
        assertThat(newer.look()).as("the older one has its last write to do").isEqualTo(WAITING);
        older.leave();
        assertThat(newer.look()).isEqualTo(WRITING);
        assertThat(older.look()).isEqualTo(GAVE_WAY);
        assertThat(newer.look()).isEqualTo(WRITING);
    }

    @Test
    void whoGaveWayWritesAgainWhenTheOtherIsGone() throws Exception {
        newer.look();
        older.look();
        older.leave();
        newer.look();
        newer.close();
        assertThat(older.look()).isEqualTo(WRITING);
    }

    @Test
    void whoGaveWayDoesNotComeInBetween() throws Exception {
        newer.look();
        older.look();
        older.leave();
        assertThat(older.look()).as("the newer one has not looked yet").isEqualTo(GAVE_WAY);
        assertThat(newer.look()).isEqualTo(WRITING);
    }

    @Test
    void whoDoesNotTakeOverWaitsForTheEndOfTheOther() throws Exception {
        try (WriterPlace byMistake = place(false)) {
            assertThat(byMistake.look()).isEqualTo(WAITING);
            assertThat(older.look()).isEqualTo(WRITING);
            older.close();
            assertThat(byMistake.look()).isEqualTo(WRITING);
        }
    }

    private WriterPlace place(boolean takesOver) {
        return new WriterPlace(folder.resolve("lock"), takesOver);
    }
}
