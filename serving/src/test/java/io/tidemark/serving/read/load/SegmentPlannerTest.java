package io.tidemark.serving.read.load;

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
import io.tidemark.stores.lake.LakeFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SegmentPlannerTest {
  private static final int VECTOR = 101;
  private static final int OTHER = 102;

  private static FieldSchema field(int id, DataType type, boolean key) {
    return new FieldSchema(
        id,
        "f" + id,
        type,
        "",
        key,
        false,
        false,
        false,
        false,
        type.isVector() ? 2 : 0,
        0,
        null,
        Map.of());
  }

  private static CollectionInfo info(IndexType type, long indexId) {
    List<IndexDefinition> indexes = new ArrayList<>();
    for (int field : new int[] {VECTOR, OTHER}) {
      indexes.add(new IndexDefinition(indexId, field, "f" + field, "i", type, Metric.L2, Map.of()));
    }
    return new CollectionInfo(
        1,
        "default",
        "c",
        new CollectionSchema(
            "",
            false,
            1,
            List.of(
                field(100, DataType.INT64, true),
                field(VECTOR, DataType.FLOAT_VECTOR, false),
                field(OTHER, DataType.FLOAT_VECTOR, false))),
        List.of(0),
        ConsistencyLevel.STRONG,
        1,
        1,
        List.of(),
        indexes,
        Map.of());
  }

  private static LakeFile file(String path, long rows) {
    return new LakeFile(path, rows, rows, 1, 1, "_default", 0, List.of());
  }

  private static SegmentIndex index(int field, int version, long indexId, LakeFile... sources) {
    List<SegmentIndex.SourceFile> files = new ArrayList<>();
    for (LakeFile source : sources) {
      files.add(new SegmentIndex.SourceFile(source.path(), source.rows()));
    }
    return new SegmentIndex(
        5,
        1,
        "_default",
        0,
        files,
        field,
        indexId,
        IndexType.HNSW,
        Metric.L2,
        Map.of(),
        version,
        "file",
        1,
        1,
        "cpu",
        1,
        1);
  }

  private static final LakeFile A = file("a", 2000);
  private static final LakeFile B = file("b", 500);
  private static final LakeFile C = file("c", 600);
  private static final CollectionInfo INFO = info(IndexType.HNSW, 9);

  private static List<List<String>> locations(List<SegmentPlan> plans) {
    return plans.stream().map(SegmentPlan::locations).toList();
  }

  @Test
  void groupsTheFilesOfAnIndexInItsOrderAndLeavesTheOthersAlone() {
    List<SegmentPlan> plans =
        SegmentPlanner.plan(INFO, List.of(A, B, C), List.of(index(VECTOR, 1, 9, C, A)));
    assertThat(locations(plans)).containsExactly(List.of("c", "a"), List.of("b"));
    assertThat(plans.getFirst().indexes()).hasSize(1);
    assertThat(plans.getFirst().rows()).isEqualTo(2600);
  }

  @Test
  void joinsTheIndexesOfSeveralFieldsAndTakesTheNewestVersion() {
    List<SegmentPlan> plans =
        SegmentPlanner.plan(
            INFO,
            List.of(A, B),
            List.of(
                index(VECTOR, 2, 9, A, B), index(VECTOR, 1, 9, A, B), index(OTHER, 1, 9, A, B)));
    assertThat(plans).hasSize(1);
    assertThat(plans.getFirst().indexes())
        .extracting(SegmentIndex::fieldId)
        .containsExactly(VECTOR, OTHER);
    assertThat(plans.getFirst().indexes().getFirst().version()).isEqualTo(2);
  }

  @Test
  void takesNoIndexWithASourceThatIsGoneOrHasOtherRowsOrOfAnOldDefinition() {
    for (SegmentIndex useless :
        List.of(
            index(VECTOR, 1, 9, A, file("gone", 10)),
            index(VECTOR, 1, 9, A, file("b", 501)),
            index(VECTOR, 1, 8, A, B),
            index(103, 1, 9, A, B))) {
      assertThat(locations(SegmentPlanner.plan(INFO, List.of(A, B), List.of(useless))))
          .containsExactlyInAnyOrder(List.of("a"), List.of("b"));
    }
  }

  @Test
  void putsEachFileInOneSegmentWhenIndexesOverlap() {
    List<SegmentPlan> plans =
        SegmentPlanner.plan(
            INFO, List.of(A, B, C), List.of(index(VECTOR, 1, 9, B, C), index(VECTOR, 1, 9, A, B)));
    assertThat(locations(plans)).containsExactlyInAnyOrder(List.of("a", "b"), List.of("c"));
  }

  @Test
  void countsRowsWithoutNeedOfAnIndexAsIndexed() {
    List<LakeFile> files = List.of(A, B, C);
    assertThat(SegmentPlanner.indexedRows(INFO, files, List.of(), VECTOR)).isZero();
    assertThat(SegmentPlanner.indexedRows(INFO, files, List.of(index(VECTOR, 1, 9, A)), VECTOR))
        .isEqualTo(2000);
    assertThat(SegmentPlanner.indexedRows(INFO, files, List.of(index(VECTOR, 1, 9, A, B)), VECTOR))
        .as("600 rows are left, too few for a segment")
        .isEqualTo(3100);
    assertThat(SegmentPlanner.indexedRows(info(IndexType.FLAT, 9), files, List.of(), VECTOR))
        .isEqualTo(3100);
  }
}
