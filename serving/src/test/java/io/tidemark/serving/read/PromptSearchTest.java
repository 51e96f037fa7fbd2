package io.tidemark.serving.read;

import static io.tidemark.serving.read.ReadFixture.DEFAULT;
import static io.tidemark.serving.read.ReadFixture.rows;
import static io.tidemark.serving.read.ReadFixture.ts;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.QueryVector;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which searches are answered on the caller's thread, and that they find the same. */
class PromptSearchTest {
  @TempDir Path folder;

  @Test
  void smallSearchesArePromptOnceTheLogIsThere() throws Exception {
    try (ReadFixture fixture = new ReadFixture(folder, 1)) {
      fixture.load();
      fixture.insert(10, 0, DEFAULT, false, rows(1, 2, 3));
      SearchCommand afterwards = fixture.nearest(2.2f, 2, "", ts(20));
      assertThat(fixture.reads.searchPromptly(afterwards)).isEmpty();
      assertThat(fixture.reads.metrics().searches()).isZero();
      fixture.tick(20);
      ReadFixture.eventually(() -> fixture.reads.searchPromptly(afterwards).isPresent());
      SearchAnswer prompt = fixture.reads.searchPromptly(afterwards).orElseThrow();
      assertThat(ReadFixture.valuesOf(prompt.keys())).containsExactly(2L, 3L);
      assertThat(prompt.readTimestamp()).isGreaterThanOrEqualTo(ts(20));
      assertThat(ReadFixture.valuesOf(fixture.reads.search(afterwards).keys()))
          .containsExactly(2L, 3L);
      assertThat(fixture.reads.metrics().searches()).isGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void largeOnesAreNot() throws Exception {
    try (ReadFixture fixture = new ReadFixture(folder, 1)) {
      fixture.load();
      long[] keys = LongStream.range(0, 2_000).toArray();
      fixture.insert(10, 0, DEFAULT, false, rows(keys));
      fixture.tick(10);
      SearchCommand one = fixture.nearest(0, 2, "", ts(10));
      ReadFixture.eventually(() -> fixture.reads.searchPromptly(one).isPresent());
      // Each query scores 2,000 rows.
      List<QueryVector> many = Collections.nCopies(300, new DenseQuery(new float[] {1, 0}));
      assertThat(fixture.reads.searchPromptly(one.with(many, 2))).isEmpty();
      assertThat(fixture.reads.search(one.with(many, 2)).counts()).hasSize(300);
    }
  }

  @Test
  void whatCannotBeBoundedBeforehandIsNot() throws Exception {
    try (ReadFixture fixture = new ReadFixture(folder, 1)) {
      fixture.load();
      fixture.insert(10, 0, DEFAULT, false, rows(1, 2, 3));
      fixture.tick(10);
      SearchCommand plain = fixture.nearest(0, 2, "", ts(10));
      ReadFixture.eventually(() -> fixture.reads.searchPromptly(plain).isPresent());
      assertThat(fixture.reads.searchPromptly(fixture.nearest(0, 2, "id > 1", ts(10)))).isEmpty();
      // So many titles may be long.
      assertThat(fixture.reads.searchPromptly(fixture.nearest(0, 16_384, "", ts(10)))).isEmpty();
      fixture.info = TimeToLiveTest.with(fixture.info, 60);
      assertThat(fixture.reads.searchPromptly(fixture.nearest(0, 2, "", ts(10)))).isEmpty();
    }
  }

  @Test
  void anExactSearchCountsEveryRow() throws Exception {
    try (ReadFixture fixture = new ReadFixture(folder, 1)) {
      long[] keys = LongStream.range(0, 70_000).toArray();
      fixture.commit(10, keys);
      var unused = fixture.index();
      fixture.load();
      SearchCommand walk = fixture.nearest(5, 2, "", 1);
      ReadFixture.eventually(() -> fixture.reads.searchPromptly(walk).isPresent());
      assertThat(fixture.reads.searchPromptly(walk.with(true, false))).isEmpty();
      assertThat(ReadFixture.valuesOf(fixture.reads.search(walk.with(true, false)).keys()))
          .hasSize(2)
          .contains(5L);
    }
  }
}
