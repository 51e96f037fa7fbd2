package io.tidemark.serving.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import org.junit.jupiter.api.Test;

/** Users rely on these numbers; changing one is a change of the product. */
class ProtocolLimitsTest {
  @Test
  void limitsOfRequestsAreMilvusOwn() {
    assertThat(ProtocolLimits.RECEIVE_BYTES_MAX).isEqualTo(67_108_864);
    assertThat(ProtocolLimits.SEND_BYTES_MAX).isEqualTo(268_435_456);
    assertThat(ProtocolLimits.TOPK_MAX).isEqualTo(16_384);
    assertThat(ProtocolLimits.QUERIES_MAX).isEqualTo(16_384);
    assertThat(ProtocolLimits.WINDOW_MAX).isEqualTo(16_384);
    assertThat(ProtocolLimits.HITS_MAX).isEqualTo(4_194_304);
    assertThat(ProtocolLimits.ROUND_DECIMAL_MIN).isEqualTo(-1);
    assertThat(ProtocolLimits.ROUND_DECIMAL_MAX).isEqualTo(6);
    assertThat(ProtocolLimits.DATABASES_MAX).isEqualTo(64);
    assertThat(ProtocolLimits.JSON_BYTES_MAX).isEqualTo(65_536);
    assertThat(ProtocolLimits.JSON_DEPTH_MAX).isEqualTo(512);
    assertThat(ProtocolLimits.MILVUS_VERSION).startsWith("2.6.");
  }

  @Test
  void limitsOfSchemasAreMilvusOwn() {
    assertThat(CollectionSchema.FIELDS_MAX).isEqualTo(64);
    assertThat(CollectionSchema.VECTOR_FIELDS_MAX).isEqualTo(10);
    assertThat(CollectionInfo.SHARDS_MAX).isEqualTo(16);
    assertThat(Partition.PARTITIONS_MAX).isEqualTo(1024);
    assertThat(FieldSchema.DIMENSION_MAX).isEqualTo(32_768);
    assertThat(FieldSchema.MAX_LENGTH_MAX).isEqualTo(65_535);
    assertThat(FieldSchema.NAME_LENGTH_MAX).isEqualTo(255);
  }
}
