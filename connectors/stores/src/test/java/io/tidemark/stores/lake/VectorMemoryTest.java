package io.tidemark.stores.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.util.List;
import org.junit.jupiter.api.Test;

class VectorMemoryTest {
  private static final FieldSchema DENSE = LakeFixture.field(101, "v", DataType.FLOAT_VECTOR);
  private static final FieldSchema BITS = LakeFixture.field(102, "b", DataType.BINARY_VECTOR);
  private static final FieldSchema SPARSE =
      LakeFixture.field(103, "s", DataType.SPARSE_FLOAT_VECTOR);
  private static final CollectionSchema SCHEMA =
      LakeFixture.schema(LakeFixture.key(100, "id", DataType.INT64), DENSE, BITS, SPARSE);

  @Test
  void vectorsOfADimensionAreCountedToTheByteWhateverTheirFilesHold() {
    assertThat(VectorMemory.bytes(SCHEMA, List.of(DENSE, BITS), 100, 1 << 20)).isEqualTo(1_800);
    assertThat(VectorMemory.hasSparse(List.of(DENSE, BITS))).isFalse();
  }

  @Test
  void sparseOnesAreEstimatedByWhatTheFilesHoldBesideTheOthers() {
    assertThat(VectorMemory.bytes(SCHEMA, SCHEMA.vectorFields(), 100, 5_000))
        .isEqualTo(1_800 + 2 * (5_000 - 1_800));
    assertThat(VectorMemory.bytes(SCHEMA, List.of(SPARSE), 100, 5_000))
        .isEqualTo(2 * (5_000 - 1_800));
    assertThat(VectorMemory.bytes(SCHEMA, List.of(SPARSE), 100, 1_000)).isZero();
    assertThat(VectorMemory.hasSparse(List.of(DENSE, SPARSE))).isTrue();
  }
}
