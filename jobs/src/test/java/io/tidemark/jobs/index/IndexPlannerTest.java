package io.tidemark.jobs.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.model.time.HybridTimestamp;
import io.tidemark.stores.lake.LakeFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IndexPlannerTest {
  private static final IndexLimits LIMITS = new IndexLimits(1000, 100, Duration.ofSeconds(30), 10);
  private static final long NOW_MS = 1_000_000;
  static final IndexDefinition HNSW =
      new IndexDefinition(7, 101, "vector", "i", IndexType.HNSW, Metric.L2, Map.of());
  private static final IndexDefinition FLAT =
      new IndexDefinition(8, 101, "vector", "i", IndexType.FLAT, Metric.L2, Map.of());

  private final IndexPlanner planner =
      new IndexPlanner(LIMITS, new AtomicLong(500)::incrementAndGet);

  @Test
  void the_defaults_are_those_that_are_documented() {
    assertThat(IndexLimits.DEFAULTS)
        .isEqualTo(new IndexLimits(64L << 20, 100_000, Duration.ofSeconds(30), 1024));
  }

  @Test
  void files_become_a_segment_in_commit_order_as_soon_as_they_have_enough_rows_or_bytes() {
    List<LakeFile> live =
        List.of(
            file("d", 4, 30, 10, 0),
            file("a", 1, 60, 10, 0),
            file("b", 2, 50, 10, 0),
            file("c", 3, 20, 990, 0));
    List<IndexTask> tasks = planner.plan(collection(HNSW), live, List.of(), NOW_MS, false);
    assertThat(tasks)
        .extracting(IndexPlannerTest::paths)
        .containsExactly(List.of("a", "b"), List.of("c", "d"));
    assertThat(tasks).extracting(IndexTask::segmentId).containsExactly(501L, 502L);
    assertThat(tasks).allSatisfy(task -> assertThat(task.version()).isEqualTo(1));
  }

  @Test
  void what_is_left_over_waits_until_nothing_was_added_for_a_while_or_somebody_asks() {
    List<LakeFile> live = List.of(file("a", 1, 20, 10, 60_000), file("b", 2, 20, 10, 10_000));
    assertThat(planner.plan(collection(HNSW), live, List.of(), NOW_MS, false)).isEmpty();
    assertThat(planner.plan(collection(HNSW), live, List.of(), NOW_MS, true))
        .extracting(IndexPlannerTest::paths)
        .containsExactly(List.of("a", "b"));
    assertThat(planner.plan(collection(HNSW), live, List.of(), NOW_MS + 20_000, false)).hasSize(1);
  }

  @Test
  void few_rows_get_no_index_even_if_somebody_asks() {
    assertThat(
            planner.plan(
                collection(HNSW), List.of(file("a", 1, 9, 10, 90_000)), List.of(), NOW_MS, true))
        .isEmpty();
  }

  @Test
  void partitions_and_shards_are_kept_apart() {
    LakeFile other =
        new LakeFile("b", 100, 10, 2, HybridTimestamp.ofMillis(NOW_MS), "eu", 0, List.of());
    LakeFile shard =
        new LakeFile("c", 100, 10, 3, HybridTimestamp.ofMillis(NOW_MS), "_default", 1, List.of());
    List<IndexTask> tasks =
        planner.plan(
            collection(HNSW),
            List.of(file("a", 1, 100, 10, 0), other, shard),
            List.of(),
            NOW_MS,
            false);
    assertThat(tasks)
        .extracting(t -> t.partition() + t.shard() + paths(t))
        .containsExactlyInAnyOrder("_default0[a]", "eu0[b]", "_default1[c]");
  }

  @Test
  void an_indexed_segment_is_left_alone_until_its_index_is_defined_anew_or_a_file_is_gone() {
    List<LakeFile> live = List.of(file("a", 1, 100, 10, 0));
    List<SegmentIndex> registered = List.of(index(3, 7, 2, "a"));
    assertThat(planner.plan(collection(HNSW), live, registered, NOW_MS, true)).isEmpty();
    IndexDefinition anew =
        new IndexDefinition(9, 101, "vector", "i", IndexType.HNSW, Metric.COSINE, Map.of());
    IndexTask rebuilt = planner.plan(collection(anew), live, registered, NOW_MS, false).getFirst();
    assertThat(rebuilt.segmentId()).isEqualTo(3);
    assertThat(rebuilt.version()).isEqualTo(3);
    assertThat(rebuilt.definitions()).containsExactly(anew);
    List<SegmentIndex> halfGone = List.of(index(3, 7, 1, "a", "gone"));
    assertThat(planner.plan(collection(HNSW), live, halfGone, NOW_MS, false))
        .extracting(IndexTask::segmentId)
        .containsExactly(501L);
  }

  @Test
  void without_a_definition_that_builds_nothing_is_planned() {
    List<LakeFile> live = List.of(file("a", 1, 100, 10, 0));
    assertThat(planner.plan(collection(), live, List.of(), NOW_MS, true)).isEmpty();
    assertThat(planner.plan(collection(FLAT), live, List.of(), NOW_MS, true)).isEmpty();
  }

  private static List<String> paths(IndexTask task) {
    return task.sources().stream().map(SegmentIndex.SourceFile::path).toList();
  }

  private static LakeFile file(String path, long sequence, long rows, long bytes, long ageMs) {
    return new LakeFile(
        path,
        rows,
        bytes,
        sequence,
        HybridTimestamp.ofMillis(NOW_MS - ageMs),
        "_default",
        0,
        List.of());
  }

  private static SegmentIndex index(long segmentId, long indexId, int version, String... paths) {
    List<SegmentIndex.SourceFile> sources = new ArrayList<>();
    for (String path : paths) {
      sources.add(new SegmentIndex.SourceFile(path, 100));
    }
    return new SegmentIndex(
        segmentId,
        5,
        "_default",
        0,
        sources,
        101,
        indexId,
        IndexType.HNSW,
        Metric.L2,
        Map.of(),
        version,
        "f",
        1,
        1,
        "cpu",
        1,
        1);
  }

  static CollectionInfo collection(IndexDefinition... indexes) {
    FieldSchema key =
        new FieldSchema(
            100, "id", DataType.INT64, "", true, false, false, false, false, 0, 0, null, Map.of());
    FieldSchema vector =
        new FieldSchema(
            101,
            "vector",
            DataType.FLOAT_VECTOR,
            "",
            false,
            false,
            false,
            false,
            false,
            2,
            0,
            null,
            Map.of());
    CollectionSchema schema = new CollectionSchema("", false, 1, List.of(key, vector));
    return new CollectionInfo(
        5,
        "default",
        "books",
        schema,
        List.of(0),
        ConsistencyLevel.STRONG,
        5,
        5,
        List.of(),
        List.of(indexes),
        Map.of());
  }
}
