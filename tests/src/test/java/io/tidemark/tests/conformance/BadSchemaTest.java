package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.RawMilvus.assertStatus;
import static io.tidemark.tests.conformance.RawMilvus.key;
import static io.tidemark.tests.conformance.RawMilvus.scalar;
import static io.tidemark.tests.conformance.RawMilvus.text;
import static io.tidemark.tests.conformance.RawMilvus.vector;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.milvus.grpc.CreateCollectionRequest;
import io.milvus.grpc.DataType;
import io.milvus.grpc.FieldSchema;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.service.collection.request.HasCollectionReq;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Schemas that make no sense are refused with 1100, and no collection is made of them. */
@ExtendWith(SharedTidemark.class)
class BadSchemaTest {
  private static final String NAME = "of_a_bad_schema";

  @TestFactory
  Stream<DynamicTest> aSchemaIsRefusedThatHas(TidemarkProcess tidemark, MilvusClientV2 client) {
    return requests().entrySet().stream()
        .map(request ->
            DynamicTest.dynamicTest(
                request.getKey(),
                () -> {
                  try (RawMilvus raw = new RawMilvus(tidemark.grpcAddress())) {
                    assertStatus(raw.stub().createCollection(request.getValue()), 1100);
                  }
                  assertThat(
                          client.hasCollection(
                              HasCollectionReq.builder().collectionName(NAME).build()))
                      .isFalse();
                }));
  }

  private static Map<String, CreateCollectionRequest> requests() {
    Map<String, CreateCollectionRequest> requests = new TreeMap<>();
    for (String dimension : new String[] {"0", "-1", "32769", "abc", "", "99999999999"}) {
      requests.put(
          "a dimension of '" + dimension + "'",
          RawMilvus.create(NAME, key("id"), vector("v", dimension)));
    }
    requests.put(
        "no dimension", RawMilvus.create(NAME, key("id"), scalar("v", DataType.FloatVector)));
    requests.put(
        "no primary key", RawMilvus.create(NAME, scalar("a", DataType.Int64), vector("v", "2")));
    requests.put("two primary keys", RawMilvus.create(NAME, key("a"), key("b"), vector("v", "2")));
    for (DataType type : List.of(DataType.Int32, DataType.Double, DataType.Bool, DataType.JSON)) {
      requests.put(
          "a primary key of type " + type,
          RawMilvus.create(
              NAME,
              scalar("id", type).toBuilder().setIsPrimaryKey(true).build(),
              vector("v", "2")));
    }
    requests.put(
        "an auto id that is not the primary key",
        RawMilvus.create(
            NAME,
            key("id"),
            scalar("a", DataType.Int64).toBuilder().setAutoID(true).build(),
            vector("v", "2")));
    requests.put("no vector", RawMilvus.create(NAME, key("id"), scalar("a", DataType.Int64)));
    requests.put("no field at all", RawMilvus.create(NAME));
    requests.put(
        "one name twice",
        RawMilvus.create(
            NAME,
            key("id"),
            scalar("a", DataType.Int8),
            scalar("a", DataType.Bool),
            vector("v", "2")));
    for (String name :
        new String[] {
          "",
          "1st",
          "a;b",
          "a b",
          "../up",
          "a\u0000b",
          "x".repeat(256),
          "$meta",
          "__ts",
          "__shard",
          "RowID"
        }) {
      requests.put(
          "a field called '"
              + (name.length() > 20 ? name.length() + " letters" : name.replace('\0', '0'))
              + "'",
          RawMilvus.create(NAME, key("id"), scalar(name, DataType.Int64), vector("v", "2")));
    }
    requests.put(
        "text without a length",
        RawMilvus.create(NAME, key("id"), scalar("t", DataType.VarChar), vector("v", "2")));
    for (String length : new String[] {"0", "-1", "65536", "long"}) {
      requests.put(
          "text of length '" + length + "'",
          RawMilvus.create(NAME, key("id"), text("t", length), vector("v", "2")));
    }
    requests.put(
        "an unknown type",
        RawMilvus.create(
            NAME,
            key("id"),
            scalar("a", DataType.Int64).toBuilder().setDataTypeValue(77).build(),
            vector("v", "2")));
    requests.put("65 fields", RawMilvus.create(NAME, many(65)));
    requests.put(
        "11 vector fields",
        RawMilvus.create(
            NAME,
            Stream.concat(
                    Stream.of(key("id")),
                    Stream.iterate(0, i -> i + 1).limit(11).map(i -> vector("v" + i, "2")))
                .toArray(FieldSchema[]::new)));
    requests.put(
        "17 shards",
        RawMilvus.create(NAME, key("id"), vector("v", "2")).toBuilder().setShardsNum(17).build());
    requests.put(
        "bytes that are none",
        RawMilvus.create(NAME, key("id"), vector("v", "2")).toBuilder()
            .setSchema(ByteString.copyFrom(new byte[] {-1, -1, -1, 7}))
            .build());
    return requests;
  }

  private static FieldSchema[] many(int fields) {
    List<FieldSchema> all = new ArrayList<>(List.of(key("id"), vector("v", "2")));
    while (all.size() < fields) {
      all.add(scalar("f" + all.size(), DataType.Int64));
    }
    return all.toArray(FieldSchema[]::new);
  }

  @TestFactory
  Stream<DynamicTest> aCollectionIsRefusedThatIsCalled(TidemarkProcess tidemark) {
    return Stream.of("", "1st", "a;b", "a b", "../up", "a/b", "a\u0000b", "é", "x".repeat(256))
        .map(name ->
            DynamicTest.dynamicTest(
                "'"
                    + (name.length() > 20 ? name.length() + " letters" : name.replace('\0', '0'))
                    + "'",
                () -> {
                  try (RawMilvus raw = new RawMilvus(tidemark.grpcAddress())) {
                    assertStatus(
                        raw.stub()
                            .createCollection(RawMilvus.create(name, key("id"), vector("v", "2"))),
                        1100);
                  }
                }));
  }

  @Test
  void theLargestAllowedSchemaIsTaken(TidemarkProcess tidemark, MilvusClientV2 client)
      throws Exception {
    String name = TestCollection.unique("large");
    try (RawMilvus raw = new RawMilvus(tidemark.grpcAddress())) {
      FieldSchema[] fields = many(64);
      fields[1] = vector("v", "32768");
      assertThat(
              raw.stub()
                  .createCollection(
                      RawMilvus.create(name, fields).toBuilder().setShardsNum(16).build())
                  .getCode())
          .isZero();
    }
    assertThat(client.hasCollection(HasCollectionReq.builder().collectionName(name).build()))
        .isTrue();
    client.dropCollection(
        io.milvus.v2.service.collection.request.DropCollectionReq.builder()
            .collectionName(name)
            .build());
  }
}
