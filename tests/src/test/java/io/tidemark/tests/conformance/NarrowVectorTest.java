package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.RawMilvus.assertStatus;
import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import io.milvus.common.utils.Float16Utils;
import io.milvus.grpc.VectorField;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.data.BFloat16Vec;
import io.milvus.v2.service.vector.request.data.BaseVector;
import io.milvus.v2.service.vector.request.data.Float16Vec;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.request.data.Int8Vec;
import io.milvus.v2.service.vector.response.SearchResp;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Vectors of 16-bit floats and of bytes, written and read with the stock SDK. */
@ExtendWith(SharedTidemark.class)
class NarrowVectorTest {
  private static final int ROWS = 200;
  private static final int DIMENSION = 19;
  private static final int LIMIT = 9;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  /** A type with its numbers as floats, and its bytes as the SDK has them. */
  enum Type {
    FLOAT16(DataType.Float16Vector),
    BFLOAT16(DataType.BFloat16Vector),
    INT8(DataType.Int8Vector);

    final DataType wire;

    Type(DataType wire) {
      this.wire = wire;
    }

    /** The nearest vector of the type. */
    float[] rounded(float[] vector) {
      float[] rounded = new float[vector.length];
      for (int i = 0; i < vector.length; i++) {
        rounded[i] =
            switch (this) {
              case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(vector[i]));
              case BFLOAT16 -> Float16Utils.bf16ToFloat(Float16Utils.floatToBf16(vector[i]));
              case INT8 -> Math.round(vector[i] * 127);
            };
      }
      return rounded;
    }

    /** Of a vector that {@link #rounded} gave. */
    byte[] bytes(float[] vector) {
      List<Float> boxed = IntStream.range(0, vector.length).mapToObj(i -> vector[i]).toList();
      return switch (this) {
        case FLOAT16 -> Float16Utils.f32VectorToFp16Buffer(boxed).array();
        case BFLOAT16 -> Float16Utils.f32VectorToBf16Buffer(boxed).array();
        case INT8 -> {
          byte[] bytes = new byte[vector.length];
          for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) vector[i];
          }
          yield bytes;
        }
      };
    }

    BaseVector query(float[] vector) {
      return switch (this) {
        case FLOAT16 -> new Float16Vec(bytes(vector));
        case BFLOAT16 -> new BFloat16Vec(bytes(vector));
        case INT8 -> new Int8Vec(bytes(vector));
      };
    }

    VectorField.Builder field(byte[] bytes) {
      ByteString all = ByteString.copyFrom(bytes);
      return switch (this) {
        case FLOAT16 -> VectorField.newBuilder().setFloat16Vector(all);
        case BFLOAT16 -> VectorField.newBuilder().setBfloat16Vector(all);
        case INT8 -> VectorField.newBuilder().setInt8Vector(all);
      };
    }

    AddFieldReq schema(String name) {
      return AddFieldReq.builder().fieldName(name).dataType(wire).dimension(DIMENSION).build();
    }
  }

  private float[][] rows(Type type, int count) {
    float[][] rows = Vectors.random(random, count, DIMENSION);
    for (int i = 0; i < count; i++) {
      rows[i] = type.rounded(rows[i]);
    }
    return rows;
  }

  private static JsonArray json(byte[] bytes) {
    JsonArray array = new JsonArray(bytes.length);
    for (byte value : bytes) {
      array.add(value);
    }
    return array;
  }

  private static SearchReq.SearchReqBuilder search(TestCollection made, BaseVector query) {
    return SearchReq.builder()
        .collectionName(made.name())
        .data(List.of(query))
        .limit(LIMIT)
        .consistencyLevel(ConsistencyLevel.STRONG);
  }

  private static TestCollection insert(
      MilvusClientV2 client, Type type, MetricType metric, float[][] rows) {
    TestCollection made =
        TestCollection.create(
            client, schema(int64Key("id"), type.schema("v")), autoIndex("v", metric));
    List<JsonObject> data = new ArrayList<>();
    for (int row = 0; row < rows.length; row++) {
      data.add(Row.of("id", (long) row, "v", json(type.bytes(rows[row]))));
    }
    made.insert(data);
    return made;
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT16, L2",
    "FLOAT16, COSINE",
    "BFLOAT16, IP",
    "BFLOAT16, L2",
    "INT8, COSINE",
    "INT8, L2",
    "INT8, IP"
  })
  void hitsScoresAndVectorsAreTheExactOnesGrowingAndFlushed(
      Type type, MetricType metric, MilvusClientV2 client) {
    float[][] rows = rows(type, ROWS);
    float[] query = rows(type, 1)[0];
    TestCollection made = insert(client, type, metric, rows);
    for (boolean flushed : new boolean[] {false, true}) {
      if (flushed) {
        made.flush();
      }
      assertHits(type, metric, rows, query, made, "");
      assertHits(type, metric, rows, query, made, "id % 7 == 3");
      for (Map<String, Object> row : made.rows("id in [5, 7]", "v")) {
        float[] expected = rows[((Long) row.get("id")).intValue()];
        assertThat(((ByteBuffer) row.get("v")).array())
            .as("seed %d, flushed %s", seed, flushed)
            .isEqualTo(type.bytes(expected));
      }
      assertThat(made.rows("id < 0", "v")).isEmpty();
    }
  }

  private void assertHits(
      Type type,
      MetricType metric,
      float[][] rows,
      float[] query,
      TestCollection made,
      String filter) {
    List<SearchResp.SearchResult> hits =
        made.hits(search(made, type.query(query)).filter(filter).outputFields(List.of("v")));
    List<Double> exact =
        Vectors.nearest(metric.name(), rows, query, row -> filter.isEmpty() || row % 7 == 3, LIMIT)
            .stream()
            .map(row -> Vectors.score(metric.name(), query, rows[row.intValue()]))
            .toList();
    assertThat(hits).hasSize(LIMIT);
    for (int i = 0; i < LIMIT; i++) {
      SearchResp.SearchResult hit = hits.get(i);
      double tolerance = Math.max(1e-4, Math.abs(exact.get(i)) * 1e-5);
      float[] row = rows[((Long) hit.getId()).intValue()];
      // Of bytes two rows can be equally near, in either order.
      assertThat(hit.getScore().doubleValue())
          .as("seed %d, hit %d", seed, i)
          .isCloseTo(exact.get(i), within(tolerance))
          .isCloseTo(Vectors.score(metric.name(), query, row), within(tolerance));
      assertThat(((ByteBuffer) hit.getEntity().get("v")).array()).isEqualTo(type.bytes(row));
    }
  }

  @ParameterizedTest
  @EnumSource
  void rangesUpsertsDeletesAndAddedFieldsWorkAsWithFloats(Type type, MilvusClientV2 client) {
    float[][] rows = rows(type, 40);
    float[] query = rows[3];
    TestCollection made = insert(client, type, MetricType.L2, rows);
    double[] distances =
        Arrays.stream(rows).mapToDouble(row -> Vectors.score("L2", query, row)).sorted().toArray();
    double radius = (distances[5] + distances[6]) / 2;
    assertThat(
            made.hits(
                search(made, type.query(query)).limit(40).searchParams(Map.of("radius", radius))))
        .as("seed %d", seed)
        .hasSize(6);
    made.upsert(Row.of("id", 3L, "v", json(type.bytes(rows[4]))));
    SearchResp.SearchResult nearest = made.hits(search(made, type.query(rows[4]))).getFirst();
    assertThat(nearest.getScore()).isCloseTo(0, within(1e-4f));
    client.addCollectionField(
        io.milvus.v2.service.collection.request.AddCollectionFieldReq.builder()
            .collectionName(made.name())
            .fieldName("later")
            .dataType(type.wire)
            .dimension(DIMENSION)
            .isNullable(true)
            .build());
    made.upsert(
        Row.of("id", 5L, "v", json(type.bytes(rows[5])), "later", json(type.bytes(rows[6]))));
    assertThat(made.rows("id in [5, 6]", "later"))
        .allSatisfy(row -> {
          Object later = row.get("later");
          assertThat(later == null ? null : ((ByteBuffer) later).array())
              .isEqualTo(row.get("id").equals(5L) ? type.bytes(rows[6]) : null);
        });
  }

  @ParameterizedTest
  @EnumSource
  void rowsAndQueriesThatAreNoneOfTheTypeAreRefused(
      Type type, MilvusClientV2 client, TidemarkProcess tidemark) throws Exception {
    TestCollection made =
        TestCollection.create(
            client, schema(int64Key("id"), type.schema("v")), autoIndex("v", MetricType.L2));
    byte[] good = type.bytes(new float[DIMENSION]);
    try (RawMilvus raw = new RawMilvus(tidemark.grpcAddress())) {
      raw.assertBad(
          made, type.wire, type.field(Arrays.copyOf(good, good.length - 1)), "v", "dim 19");
      raw.assertBad(made, type.wire, type.field(good).setDim(20), "20", "19");
      raw.assertBad(made, type.wire, type.field(Arrays.copyOf(good, 2 * good.length)), "num_rows");
      raw.assertBad(
          made, type.wire, VectorField.newBuilder().setBinaryVector(ByteString.EMPTY), "v");
      if (type != Type.INT8) {
        float[] vector = new float[DIMENSION];
        vector[4] = Float.NaN;
        raw.assertBad(made, type.wire, type.field(type.bytes(vector)), "NaN", "position 4");
        vector[4] = Float.NEGATIVE_INFINITY;
        raw.assertBad(made, type.wire, type.field(type.bytes(vector)), "infinity", "position 4");
        assertRefused(1100, () -> made.hits(search(made, type.query(vector))), "Infinity");
      }
    }
    assertRefused(
        1100,
        () -> made.hits(search(made, new FloatVec(new float[DIMENSION]))),
        "vector type must be the same");
    assertRefused(
        1100,
        () -> made.hits(search(made, type.query(new float[DIMENSION + 1]))),
        "vector dimension mismatch");
    assertThat(made.count()).isZero();
  }

  @Test
  void dimensionsOutOfRangeAreRefused(TidemarkProcess tidemark) throws Exception {
    try (RawMilvus raw = new RawMilvus(tidemark.grpcAddress())) {
      for (Type type : Type.values()) {
        String kind = type == Type.INT8 ? "int" : "float";
        assertStatus(
            raw.stub()
                .createCollection(
                    RawMilvus.create(
                        TestCollection.unique("bad"),
                        RawMilvus.key("id"),
                        RawMilvus.vector("v", "32769").toBuilder()
                            .setDataTypeValue(type.wire.getCode())
                            .build())),
            1100,
            kind + " vector dimension should be in range",
            "32769");
      }
    }
  }
}
