package io.tidemark.serving.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.model.time.HybridTimestamp;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GuaranteesTest {
  private static final long NOW_MS = 1_000_000;
  private static final long LAST = HybridTimestamp.of(NOW_MS - 10, 3);
  private static final long BOUNDED = HybridTimestamp.ofMillis(NOW_MS - 5_000);

  private final Guarantees guarantees = new Guarantees(() -> LAST, () -> NOW_MS);

  private static CollectionInfo collection(ConsistencyLevel level) {
    FieldSchema key =
        new FieldSchema(
            100, "id", DataType.INT64, "", true, false, false, false, false, 0, 0, null, Map.of());
    FieldSchema vector =
        new FieldSchema(
            101,
            "v",
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
    CollectionSchema schema = new CollectionSchema("", false, 0, List.of(key, vector));
    return new CollectionInfo(
        1, "default", "c", schema, List.of(0), level, 1, 1, List.of(), List.of(), Map.of());
  }

  private long of(
      ConsistencyLevel collection, boolean useDefault, ConsistencyLevel level, long given) {
    return guarantees.of(
        collection(collection),
        useDefault,
        CollectionDescriptions.level(level).getNumber(),
        given,
        guarantees.strong());
  }

  @Test
  void theCollectionsLevelCountsUnlessTheRequestHasOne() {
    assertThat(of(ConsistencyLevel.STRONG, true, ConsistencyLevel.EVENTUALLY, 1)).isEqualTo(LAST);
    assertThat(of(ConsistencyLevel.STRONG, false, ConsistencyLevel.EVENTUALLY, 9)).isEqualTo(1);
    assertThat(of(ConsistencyLevel.BOUNDED, true, ConsistencyLevel.STRONG, 0)).isEqualTo(BOUNDED);
    assertThat(of(ConsistencyLevel.SESSION, true, ConsistencyLevel.STRONG, 77)).isEqualTo(77);
    assertThat(of(ConsistencyLevel.EVENTUALLY, false, ConsistencyLevel.CUSTOMIZED, 88))
        .isEqualTo(88);
  }

  @Test
  void olderClientsPutTheLevelIntoTheTimestamp() {
    assertThat(of(ConsistencyLevel.EVENTUALLY, false, ConsistencyLevel.STRONG, 0)).isEqualTo(LAST);
    assertThat(of(ConsistencyLevel.EVENTUALLY, false, ConsistencyLevel.STRONG, 1)).isEqualTo(1);
    assertThat(of(ConsistencyLevel.EVENTUALLY, false, ConsistencyLevel.STRONG, 2))
        .isEqualTo(BOUNDED);
    assertThat(of(ConsistencyLevel.EVENTUALLY, false, ConsistencyLevel.STRONG, 12345))
        .isEqualTo(12345);
  }

  @Test
  void aTimestampBeyondAllOthersIsRefused() {
    assertThatThrownBy(() -> of(ConsistencyLevel.STRONG, true, ConsistencyLevel.STRONG, -1))
        .hasMessageContaining("guarantee timestamp 18446744073709551615 is out of range");
  }

  @Test
  void boundedNeverWaitsForMoreThanThereIs() {
    Guarantees quiet = new Guarantees(() -> 5, () -> NOW_MS);
    assertThat(quiet.of(collection(ConsistencyLevel.BOUNDED), true, 0, 0, quiet.strong()))
        .isEqualTo(5);
  }

  @Test
  void scoresAreRoundedHalfUp() {
    assertThat(SearchAnswers.rounded(0.12345f, -1)).isEqualTo(0.12345f);
    assertThat(SearchAnswers.rounded(0.125f, 2)).isEqualTo(0.13f);
    assertThat(SearchAnswers.rounded(-0.125f, 2)).isEqualTo(-0.12f);
    assertThat(SearchAnswers.rounded(1.5f, 0)).isEqualTo(2f);
  }
}
