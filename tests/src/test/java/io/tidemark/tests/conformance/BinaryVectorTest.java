package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.index;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.RawMilvus.assertStatus;
import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import io.milvus.grpc.VectorField;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.common.IndexParam.IndexType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.AddCollectionFieldReq;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.index.request.DescribeIndexReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.data.BinaryVec;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.SearchResp;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors of bits, written and read with the stock SDK. */
@ExtendWith(SharedTidemark.class)
class BinaryVectorTest {
  private static final int ROWS = 200;
  private static final int DIMENSION = 72;
  private static final int LIMIT = 9;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  private byte[][] rows(int count) {
    byte[][] rows = new byte[count][DIMENSION / 8];
    for (byte[] row : rows) {
      random.nextBytes(row);
    }
    return rows;
  }

  private static float score(MetricType metric, byte[] a, byte[] b) {
    BitSet differing = BitSet.valueOf(a);
    differing.xor(BitSet.valueOf(b));
    BitSet any = BitSet.valueOf(a);
    any.or(BitSet.valueOf(b));
    return metric == MetricType.HAMMING
        ? differing.cardinality()
        : (float) differing.cardinality() / any.cardinality();
  }

  private static JsonArray json(byte[] bytes) {
    JsonArray array = new JsonArray(bytes.length);
    for (byte value : bytes) {
      array.add(value);
    }
    return array;
  }

  private static AddFieldReq field(String name) {
    return AddFieldReq.builder()
        .fieldName(name)
        .dataType(DataType.BinaryVector)
        .dimension(DIMENSION)
        .build();
  }

  private static SearchReq.SearchReqBuilder search(TestCollection made, byte[] query) {
    return SearchReq.builder()
        .collectionName(made.name())
        .data(List.of(new BinaryVec(query)))
        .limit(LIMIT)
        .consistencyLevel(ConsistencyLevel.STRONG);
  }

  private static TestCollection insert(MilvusClientV2 client, IndexParam index, byte[][] rows) {
    TestCollection made = TestCollection.create(client, schema(int64Key("id"), field("v")), index);
    List<JsonObject> data = new ArrayList<>();
    for (int row = 0; row < rows.length; row++) {
      data.add(Row.of("id", (long) row, "v", json(rows[row])));
    }
    made.insert(data);
    return made;
  }

  @ParameterizedTest
  @CsvSource({"AUTOINDEX, HAMMING", "BIN_FLAT, JACCARD", "BIN_IVF_FLAT, JACCARD"})
  void hitsScoresAndVectorsAreTheExactOnesGrowingAndFlushed(
      IndexType type, MetricType metric, MilvusClientV2 client) {
    byte[][] rows = rows(ROWS);
    byte[] query = rows(1)[0];
    TestCollection made = insert(client, index("v", type, metric), rows);
    for (boolean flushed : new boolean[] {false, true}) {
      if (flushed) {
        made.flush();
      }
      assertHits(metric, rows, query, made, "");
      assertHits(metric, rows, query, made, "id % 7 == 3");
      for (Map<String, Object> row : made.rows("id in [5, 7]", "v")) {
        assertThat(((ByteBuffer) row.get("v")).array())
            .as("seed %d, flushed %s", seed, flushed)
            .isEqualTo(rows[((Long) row.get("id")).intValue()]);
      }
      assertThat(made.rows("id < 0", "v")).isEmpty();
    }
  }

  private void assertHits(
      MetricType metric, byte[][] rows, byte[] query, TestCollection made, String filter) {
    List<SearchResp.SearchResult> hits =
        made.hits(search(made, query).filter(filter).outputFields(List.of("v")));
    List<Float> exact =
        IntStream.range(0, rows.length)
            .filter(row -> filter.isEmpty() || row % 7 == 3)
            .mapToObj(row -> score(metric, query, rows[row]))
            .sorted()
            .limit(LIMIT)
            .toList();
    assertThat(hits)
        .as("seed %d", seed)
        .extracting(SearchResp.SearchResult::getScore)
        .containsExactlyElementsOf(exact);
    for (SearchResp.SearchResult hit : hits) {
      byte[] row = rows[((Long) hit.getId()).intValue()];
      assertThat(hit.getScore()).isEqualTo(score(metric, query, row));
      assertThat(((ByteBuffer) hit.getEntity().get("v")).array()).isEqualTo(row);
    }
  }

  @Test
  void rangesUpsertsDeletesAndAddedFieldsWorkAsWithFloats(MilvusClientV2 client) {
    byte[][] rows = rows(40);
    byte[] query = rows[3];
    TestCollection made = insert(client, autoIndex("v", MetricType.HAMMING), rows);
    double[] distances =
        IntStream.range(0, 40)
            .mapToDouble(row -> score(MetricType.HAMMING, query, rows[row]))
            .sorted()
            .toArray();
    // Hits are nearer than the radius, and no nearer than the filter.
    long within =
        IntStream.range(0, 40)
            .filter(i -> distances[i] >= 1 && distances[i] < distances[20])
            .count();
    assertThat(
            made.hits(
                search(made, query)
                    .limit(40)
                    .searchParams(Map.of("radius", distances[20], "range_filter", 1))))
        .as("seed %d", seed)
        .hasSize((int) within);
    assertRefused(
        1100,
        () -> made.hits(search(made, query).searchParams(Map.of("radius", 3, "range_filter", 4))),
        "range_filter must be less than radius for HAMMING");
    made.upsert(Row.of("id", 3L, "v", json(rows[4])));
    client.delete(DeleteReq.builder().collectionName(made.name()).filter("id == 4").build());
    SearchResp.SearchResult nearest = made.hits(search(made, rows[4])).getFirst();
    assertThat(nearest.getId()).isEqualTo(3L);
    assertThat(nearest.getScore()).isZero();
    client.addCollectionField(
        AddCollectionFieldReq.builder()
            .collectionName(made.name())
            .fieldName("later")
            .dataType(DataType.BinaryVector)
            .dimension(DIMENSION)
            .isNullable(true)
            .build());
    made.upsert(Row.of("id", 5L, "v", json(rows[5]), "later", json(rows[6])));
    made.flush();
    assertThat(made.rows("id in [5, 6]", "later"))
        .hasSize(2)
        .allSatisfy(row -> {
          Object later = row.get("later");
          assertThat(later == null ? null : ((ByteBuffer) later).array())
              .isEqualTo(row.get("id").equals(5L) ? rows[6] : null);
        });
  }

  @Test
  void rowsAndQueriesThatAreNoneOfTheTypeAreRefused(MilvusClientV2 client, TidemarkProcess tidemark)
      throws Exception {
    TestCollection made =
        TestCollection.create(
            client, schema(int64Key("id"), field("v")), autoIndex("v", MetricType.HAMMING));
    ByteString good = ByteString.copyFrom(new byte[DIMENSION / 8]);
    try (RawMilvus raw = new RawMilvus(tidemark.grpcAddress())) {
      raw.assertBad(
          made,
          DataType.BinaryVector,
          VectorField.newBuilder().setBinaryVector(good.substring(1)),
          "dim 72");
      raw.assertBad(
          made,
          DataType.BinaryVector,
          VectorField.newBuilder().setBinaryVector(good).setDim(64),
          "64",
          "72");
      raw.assertBad(
          made,
          DataType.BinaryVector,
          VectorField.newBuilder().setBinaryVector(good.concat(good)),
          "num_rows");
      raw.assertBad(made, DataType.BinaryVector, VectorField.newBuilder().setInt8Vector(good), "v");
    }
    assertRefused(
        1100,
        () ->
            made.hits(
                SearchReq.builder()
                    .collectionName(made.name())
                    .data(List.of(new FloatVec(new float[DIMENSION])))
                    .limit(1)),
        "vector type must be the same");
    assertRefused(1100, () -> made.hits(search(made, new byte[8])), "vector dimension mismatch");
    assertRefused(
        1100,
        () -> made.hits(search(made, new byte[9]).metricType(MetricType.JACCARD)),
        "metric type not match");
    assertThat(made.count()).isZero();
  }

  @Test
  void indexesAndMetricsOfNumbersAreRefusedAndHammingIsTheDefault(MilvusClientV2 client) {
    TestCollection made = TestCollection.create(client, schema(int64Key("id"), field("v")));
    for (IndexParam bad :
        List.of(
            index("v", IndexType.HNSW, MetricType.HAMMING),
            index("v", IndexType.FLAT, MetricType.HAMMING),
            index("v", IndexType.IVF_FLAT, MetricType.L2))) {
      assertRefused(
          1100,
          () -> made.createIndex(bad),
          "BinaryVector",
          bad.getIndexType().toString(),
          "BIN_FLAT");
    }
    assertRefused(
        1100,
        () -> made.createIndex(index("v", IndexType.BIN_IVF_FLAT, MetricType.L2)),
        "metric type L2 not found",
        "[HAMMING JACCARD]");
    made.createIndex(IndexParam.builder().fieldName("v").indexType(IndexType.AUTOINDEX).build());
    assertThat(
            client
                .describeIndex(
                    DescribeIndexReq.builder().collectionName(made.name()).fieldName("v").build())
                .getIndexDescByFieldName("v")
                .getMetricType())
        .isEqualTo(MetricType.HAMMING);
    TestCollection floats = TestCollection.quick(client, 8);
    assertRefused(
        1100,
        () -> floats.createIndex(index("vector", IndexType.BIN_FLAT, MetricType.HAMMING)),
        "FloatVector",
        "BIN_FLAT");
  }

  @ParameterizedTest
  @CsvSource({
    "12, should be multiple of 8",
    "0, 'in range 1 ~ 262144'",
    "262152, binary vector dimension should be in range 1 ~ 262144"
  })
  void dimensionsThatFillNoBytesOrAreOutOfRangeAreRefused(
      String dimension, String words, TidemarkProcess tidemark) throws Exception {
    try (RawMilvus raw = new RawMilvus(tidemark.grpcAddress())) {
      assertStatus(
          raw.stub()
              .createCollection(
                  RawMilvus.create(
                      TestCollection.unique("bad"),
                      RawMilvus.key("id"),
                      RawMilvus.vector("v", dimension).toBuilder()
                          .setDataTypeValue(DataType.BinaryVector.getCode())
                          .build())),
          1100,
          words,
          dimension);
    }
  }
}
