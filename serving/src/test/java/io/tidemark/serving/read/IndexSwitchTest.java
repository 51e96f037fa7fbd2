package io.tidemark.serving.read;

import static io.tidemark.serving.read.ReadFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The index in use becomes another in the table, and nobody tells the reads. */
class IndexSwitchTest extends OverReadFixture {
  private void use(long indexId) {
    fixture.lake.changeCollection(
        fixture.info,
        current -> {
          IndexDefinition old = current.indexes().getFirst();
          IndexDefinition next =
              new IndexDefinition(
                  indexId,
                  old.fieldId(),
                  old.fieldName(),
                  old.name(),
                  old.type(),
                  old.metric(),
                  old.parameters());
          return current.withIndexes(List.of(next), List.of(), List.of(old));
        });
  }

  /** Registers the index file that there is for another definition too. */
  private void registerFor(long indexId) {
    SegmentIndex index = fixture.lake.registry().list(7).getFirst();
    fixture
        .lake
        .registry()
        .register(
            List.of(
                new SegmentIndex(
                    index.segmentId(),
                    index.collectionId(),
                    index.partition(),
                    index.shard(),
                    index.sources(),
                    index.fieldId(),
                    indexId,
                    index.type(),
                    index.metric(),
                    index.parameters(),
                    index.version() + 1,
                    index.file(),
                    index.fileBytes(),
                    index.checksum(),
                    index.builder(),
                    index.buildMs(),
                    index.createdTimestamp())));
  }

  @Test
  void readsFollowTheTableAndNeverAnswerLess() throws Exception {
    fixture.commit(10, 1, 2, 3, 4);
    fixture.commit(20, 5, 6);
    fixture.index();
    fixture.load();
    assertThat(fixture.reads.metrics().sealedSegments()).as("one segment of two files").isOne();
    registerFor(78);
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong searches = new AtomicLong();
    List<Throwable> failures = new ArrayList<>();
    Thread searcher =
        Thread.ofPlatform()
            .start(() -> {
              try {
                while (!over.get()) {
                  assertThat(fixture.search(3, 3)).containsExactlyInAnyOrder(2L, 3L, 4L);
                  searches.incrementAndGet();
                }
              } catch (Throwable e) {
                failures.add(e);
              }
            });

    use(79);
    eventually(() -> fixture.reads.metrics().sealedSegments() == 2);
    use(78);
    eventually(() -> fixture.reads.metrics().sealedSegments() == 1);
    use(77);
    long before = searches.get();
    eventually(() -> searches.get() > before + 5);

    over.set(true);
    searcher.join();
    assertThat(failures).isEmpty();
    assertThat(fixture.reads.metrics().sealedSegments()).isOne();
    assertThat(fixture.reads.metrics().indexFailures()).isZero();
  }
}
