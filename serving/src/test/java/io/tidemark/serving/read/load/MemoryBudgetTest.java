package io.tidemark.serving.read.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private final MemoryBudget budget = new MemoryBudget(10 << 20);

  @Test
  void isSharedByAll() {
    MemoryBudget.Share books = budget.share();
    MemoryBudget.Share songs = budget.share();
    books.take("collection books", 6 << 20);
    songs.take("collection songs", 4 << 20);
    assertThat(budget.taken()).isEqualTo(10 << 20);
    books.settle(5 << 20);
    budget.check("collection songs", 1 << 20);
    assertThatThrownBy(() -> budget.check("collection songs", (1 << 20) + 1))
        .isInstanceOf(TidemarkException.class);
    assertThat(songs.couldBe(5 << 20)).isTrue();
    assertThat(songs.couldBe((5 << 20) + 1)).isFalse();
    books.close();
    assertThat(budget.taken()).isEqualTo(4 << 20);
  }

  @Test
  void saysWhatIsNeededWhatIsThereAndTheWayOut() {
    MemoryBudget.Share books = budget.share();
    books.take("collection books", 6 << 20);
    assertThatThrownBy(() -> books.take("collection books", 5 << 20))
        .isInstanceOfSatisfying(
            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MEMORY_LIMIT))
        .hasMessageContaining("memory limit exceeded[predict=11534336][limit=10485760]")
        .hasMessageContaining("collection books needs 5.0 MiB more")
        .hasMessageContaining("of the 10.0 MiB for loaded rows 4.0 MiB are free")
        .hasMessageContaining("release a collection, load fewer partitions")
        .hasMessageContaining("--load-memory-mb");
    assertThat(budget.taken()).isEqualTo(6 << 20);
  }

  @Test
  void whatIsThereIsThereEvenIfItIsMoreThanWasAskedFor() {
    MemoryBudget.Share books = budget.share();
    books.take("collection books", 1);
    books.settle(20 << 20);
    assertThat(budget.taken()).isEqualTo(20 << 20);
    assertThatThrownBy(() -> books.take("collection books", 1))
        .isInstanceOf(TidemarkException.class);
    // Nothing more is needed: a snapshot without new segments.
    books.take("collection books", 0);
  }

  @Test
  void aClosedShareTakesNothingAnyMore() {
    MemoryBudget.Share books = budget.share();
    books.take("collection books", 100);
    books.close();
    books.settle(100);
    books.close();
    assertThat(budget.taken()).isZero();
  }
}
