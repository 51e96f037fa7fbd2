package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.RawMilvus.assertStatus;
import static io.tidemark.tests.conformance.RawMilvus.insert;
import static io.tidemark.tests.conformance.RawMilvus.json;
import static io.tidemark.tests.conformance.RawMilvus.longs;
import static io.tidemark.tests.conformance.RawMilvus.vectors;
import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.grpc.DataType;
import io.milvus.grpc.FieldData;
import io.milvus.grpc.InsertRequest;
import io.milvus.grpc.ScalarField;
import io.milvus.grpc.StringArray;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.IndexParam.MetricType;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows that do not fit the schema are refused with 1100, and none of their batch is written. */
@ExtendWith(SharedTidemark.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadRowsTest {
  private TestCollection made;
  private RawMilvus raw;

  @BeforeAll
  void create(MilvusClientV2 client, TidemarkProcess tidemark) throws Exception {
    raw = new RawMilvus(tidemark.grpcAddress());
    made =
        TestCollection.create(
            client,
            schema(
                int64Key("id"),
                Fields.vector("v", 2),
                Fields.nullable(Fields.of("doc", io.milvus.v2.common.DataType.JSON)),
                Fields.nullable(Fields.of("tiny", io.milvus.v2.common.DataType.Int8)),
                Fields.nullable(Fields.text("t", 4))),
            autoIndex("v", MetricType.L2));
  }

  @AfterAll
  void disconnect() throws InterruptedException {
    raw.close();
  }

  private Map<String, InsertRequest> requests() {
    Map<String, InsertRequest> requests = new TreeMap<>();
    String name = made.name();
    FieldData keys = longs("id", 1, 2);
    FieldData good = vectors("v", 2, 1, 2, 3, 4);
    requests.put(
        "a vector of another dimension", insert(name, 2, keys, vectors("v", 3, 1, 2, 3, 4, 5, 6)));
    requests.put("too few floats", insert(name, 2, keys, vectors("v", 2, 1, 2, 3)));
    requests.put("NaN in a vector", insert(name, 2, keys, vectors("v", 2, 1, 2, Float.NaN, 4)));
    requests.put(
        "an infinity in a vector",
        insert(name, 2, keys, vectors("v", 2, 1, 2, 3, Float.NEGATIVE_INFINITY)));
    requests.put("fewer keys than rows", insert(name, 2, longs("id", 1), good));
    requests.put("more rows than said", insert(name, 1, keys, good));
    requests.put("no rows", insert(name, 0));
    requests.put("no vectors", insert(name, 2, keys));
    requests.put("no keys", insert(name, 2, good));
    requests.put(
        "a field that is not in the schema", insert(name, 2, keys, good, longs("other", 1, 2)));
    requests.put("one field twice", insert(name, 2, keys, good, keys));
    requests.put("keys of the wrong type", insert(name, 2, text("id", "a", "b"), good));
    requests.put("text over its bytes", insert(name, 2, keys, good, text("t", "four", "fünf")));
    requests.put("JSON that is none", insert(name, 2, keys, good, json("doc", "{}", "{")));
    requests.put(
        "JSON of 1,000 levels",
        insert(name, 2, keys, good, json("doc", "{}", "[".repeat(1_000) + "]".repeat(1_000))));
    requests.put(
        "a number over its type",
        insert(
            name,
            2,
            keys,
            good,
            FieldData.newBuilder()
                .setFieldName("tiny")
                .setType(DataType.Int8)
                .setScalars(
                    ScalarField.newBuilder()
                        .setIntData(io.milvus.grpc.IntArray.newBuilder().addData(1).addData(128)))
                .build()));
    return requests;
  }

  private static FieldData text(String name, String... values) {
    StringArray.Builder data = StringArray.newBuilder();
    for (String value : values) {
      data.addData(value);
    }
    return FieldData.newBuilder()
        .setFieldName(name)
        .setType(DataType.VarChar)
        .setScalars(ScalarField.newBuilder().setStringData(data))
        .build();
  }

  @TestFactory
  Stream<DynamicTest> rowsAreRefusedThatHave() {
    return requests().entrySet().stream()
        .map(request ->
            DynamicTest.dynamicTest(
                request.getKey(),
                () -> {
                  assertStatus(raw.stub().insert(request.getValue()).getStatus(), 1100);
                  assertThat(made.count()).as("rows written").isZero();
                }));
  }

  @Test
  void theMessageNamesFieldRowAndLimit() {
    assertStatus(
        raw.stub()
            .insert(insert(made.name(), 2, longs("id", 1, 2), vectors("v", 2, 1, 2, Float.NaN, 4)))
            .getStatus(),
        1100,
        "v",
        "1");
    assertStatus(
        raw.stub()
            .insert(
                insert(
                    made.name(),
                    2,
                    longs("id", 1, 2),
                    vectors("v", 2, 1, 2, 3, 4),
                    text("t", "four", "fünf")))
            .getStatus(),
        1100,
        "t",
        "4",
        "5");
  }

  @Test
  void enormousFiltersAreRefusedInBoundedTime() {
    long start = System.nanoTime();
    assertRefused(1100, () -> made.ids("(".repeat(10_000) + "id > 0" + ")".repeat(10_000)));
    assertRefused(1100, () -> made.ids("not ".repeat(10_000) + "id > 0"));
    assertRefused(1100, () -> made.ids("id > 0" + " and id > 0".repeat(100_000)));
    StringBuilder million = new StringBuilder("id in [0");
    for (int i = 1; i < 1_000_000; i++) {
      million.append(',').append(i);
    }
    assertRefused(1100, () -> made.ids(million + "]"));
    assertThat((System.nanoTime() - start) / 1e9).as("seconds").isLessThan(60);
  }
}
