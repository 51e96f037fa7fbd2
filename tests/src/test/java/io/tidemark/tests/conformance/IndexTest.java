package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.index;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.vector;
import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexBuildState;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.common.IndexParam.IndexType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.LoadCollectionReq;
import io.milvus.v2.service.collection.request.ReleaseCollectionReq;
import io.milvus.v2.service.index.request.CreateIndexReq;
import io.milvus.v2.service.index.request.DescribeIndexReq;
import io.milvus.v2.service.index.request.DropIndexReq;
import io.milvus.v2.service.index.request.ListIndexesReq;
import io.milvus.v2.service.index.response.DescribeIndexResp.IndexDesc;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.data.BinaryVec;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.response.SearchResp;
import io.tidemark.tests.process.SharedTidemark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(SharedTidemark.class)
class IndexTest {
  private static final int DIMENSION = 8;

  private static TestCollection withoutIndex(MilvusClientV2 client) {
    return TestCollection.create(client, schema(int64Key("id"), vector("v", DIMENSION)));
  }

  private static void create(TestCollection collection, IndexParam index) {
    collection
        .client()
        .createIndex(
            CreateIndexReq.builder()
                .collectionName(collection.name())
                .indexParams(List.of(index))
                .build());
  }

  private static IndexDesc describe(TestCollection collection, String field) {
    return collection
        .client()
        .describeIndex(
            DescribeIndexReq.builder().collectionName(collection.name()).fieldName(field).build())
        .getIndexDescByFieldName(field);
  }

  private static List<String> list(TestCollection collection) {
    return collection
        .client()
        .listIndexes(
            ListIndexesReq.builder().collectionName(collection.name()).fieldName("v").build());
  }

  @ParameterizedTest
  @EnumSource(
      value = IndexType.class,
      names = {
        "FLAT",
        "AUTOINDEX",
        "HNSW",
        "HNSW_SQ",
        "HNSW_PQ",
        "HNSW_PRQ",
        "DISKANN",
        "IVF_FLAT",
        "IVF_SQ8",
        "IVF_PQ",
        "IVF_RABITQ",
        "SCANN"
      })
  void anIndexIsDescribedAsItWasMade(IndexType type, MilvusClientV2 client) {
    TestCollection made = withoutIndex(client);
    create(
        made,
        IndexParam.builder()
            .fieldName("v")
            .indexName("of_v")
            .indexType(type)
            .metricType(MetricType.IP)
            .extraParams(type == IndexType.HNSW ? Map.of("M", 24, "efConstruction", 80) : Map.of())
            .build());

    IndexDesc described = describe(made, "v");
    assertThat(described.getIndexName()).isEqualTo("of_v");
    assertThat(described.getFieldName()).isEqualTo("v");
    assertThat(described.getIndexType()).isEqualTo(type);
    assertThat(described.getMetricType()).isEqualTo(MetricType.IP);
    assertThat(described.getIndexState()).isEqualTo(IndexBuildState.Finished);
    if (type == IndexType.HNSW) {
      assertThat(described.getExtraParams())
          .containsEntry("M", "24")
          .containsEntry("efConstruction", "80");
    }
    assertThat(list(made)).containsExactly("of_v");
  }

  @Test
  void anIndexWithoutANameIsCalledAfterItsField(MilvusClientV2 client) {
    TestCollection made = withoutIndex(client);
    create(made, autoIndex("v", MetricType.COSINE));
    assertThat(list(made)).hasSize(1);
    assertThat(describe(made, "v").getIndexName()).isIn("v", "_default_idx");
  }

  @Test
  void aDroppedIndexIsGoneAndAnotherMayTakeItsPlace(MilvusClientV2 client) {
    TestCollection made = withoutIndex(client);
    create(made, autoIndex("v", MetricType.COSINE));
    String name = list(made).getFirst();
    client.dropIndex(DropIndexReq.builder().collectionName(made.name()).indexName(name).build());

    assertThat(list(made)).isEmpty();
    assertRefused(700, () -> describe(made, "v"));
    create(made, index("v", IndexType.FLAT, MetricType.L2));
    assertThat(describe(made, "v").getMetricType()).isEqualTo(MetricType.L2);
  }

  @Test
  void theIndexOfALoadedCollectionIsNotDropped(MilvusClientV2 client) {
    TestCollection made =
        TestCollection.create(
            client, schema(int64Key("id"), vector("v", DIMENSION)), autoIndex("v", MetricType.L2));
    String name = list(made).getFirst();
    DropIndexReq drop = DropIndexReq.builder().collectionName(made.name()).indexName(name).build();
    assertRefused(() -> client.dropIndex(drop), "loaded");
    client.releaseCollection(ReleaseCollectionReq.builder().collectionName(made.name()).build());
    client.dropIndex(drop);
    assertThat(list(made)).isEmpty();
  }

  @Test
  void progressCountsTheRowsThatAreIndexed(MilvusClientV2 client) throws InterruptedException {
    TestCollection made =
        TestCollection.create(
            client,
            schema(int64Key("id"), vector("v", DIMENSION)),
            index("v", IndexType.HNSW, MetricType.L2));
    Random random = new Random(7);
    List<JsonObject> rows = new ArrayList<>();
    for (long id = 0; id < 2_500; id++) {
      rows.add(Row.of("id", id, "v", Vectors.random(random, DIMENSION)));
    }
    made.insert(rows);
    made.flush();

    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    IndexDesc described = describe(made, "v");
    while (described.getIndexedRows() < 2_500 && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(200);
      described = describe(made, "v");
    }
    assertThat(described.getTotalRows()).isEqualTo(2_500);
    assertThat(described.getIndexedRows()).isEqualTo(2_500);
    assertThat(described.getPendingIndexRows()).isZero();
    assertThat(described.getIndexState()).isEqualTo(IndexBuildState.Finished);
    assertThat(made.count()).isEqualTo(2_500);
  }

  @Test
  void everyFamilyIsBuiltAndFindsWhatIsThere(MilvusClientV2 client) throws InterruptedException {
    Map<String, Map<String, Object>> families =
        Map.of(
            "IVF_FLAT", Map.of("nlist", 16),
            "IVF_SQ8", Map.of("nlist", 16),
            "IVF_PQ", Map.of("nlist", 16, "m", 4, "nbits", 8),
            "IVF_RABITQ", Map.of("nlist", 16, "refine", true, "refine_type", "SQ8"));
    TestCollection made = withFieldsFor(client, families.keySet());
    families.forEach((type, parameters) -> create(made, of(type, parameters)));
    fillAndAwait(made, families.keySet());
    Map<String, Map<String, Object>> others =
        Map.of(
            "SCANN", Map.of("nlist", 16, "with_raw_data", true),
            "HNSW_SQ", Map.of("M", 8, "efConstruction", 40, "sq_type", "BF16", "refine", true),
            "HNSW_PRQ", Map.of("M", 8, "m", 4, "nrq", 2, "nbits", 8, "refine_type", "FP32"),
            "DISKANN", Map.of("max_degree", 16, "search_list_size", 40));
    TestCollection second = withFieldsFor(client, others.keySet());
    others.forEach((type, parameters) -> create(second, of(type, parameters)));
    fillAndAwait(second, others.keySet());

    families.keySet().forEach(type -> assertFindsItself(made, type, Map.of("nprobe", 4)));
    assertFindsItself(second, "SCANN", Map.of("nprobe", 4, "reorder_k", 20));
    assertFindsItself(second, "HNSW_SQ", Map.of("ef", 30));
    assertFindsItself(second, "HNSW_PRQ", Map.of("ef", 30, "refine_k", 4));
    assertFindsItself(second, "DISKANN", Map.of("search_list", 30));
    assertRefused(
        1100,
        () -> assertFindsItself(second, "SCANN", Map.of("reorder_k", 2)),
        "reorder_k(2) should be larger than k(3)");
    assertRefused(
        1100,
        () -> assertFindsItself(second, "DISKANN", Map.of("search_list", 2)),
        "search_list(2) should be larger than k(3)");
    assertRefused(
        1100,
        () -> assertFindsItself(made, "IVF_PQ", Map.of("nprobe", 0)),
        "param 'nprobe' (0) should be in range [1, 65536]");
  }

  @Test
  void signaturesAreFoundThatAreNearlyTheSame(MilvusClientV2 client) throws InterruptedException {
    AddFieldReq field =
        AddFieldReq.builder().fieldName("v").dataType(DataType.BinaryVector).dimension(512).build();
    Map<String, Object> parameters =
        Map.of("mh_element_bit_width", 32, "mh_lsh_band", 4, "with_raw_data", true);
    IndexParam index = signatures(parameters);
    TestCollection made = TestCollection.create(client, schema(int64Key("id"), field), index);
    int count = 1_200;
    List<JsonObject> rows = new ArrayList<>();
    for (long id = 0; id < count; id++) {
      JsonObject row = new JsonObject();
      row.addProperty("id", id);
      JsonArray bytes = new JsonArray();
      for (byte each : signature(id)) {
        bytes.add(each);
      }
      row.add("v", bytes);
      rows.add(row);
    }
    made.insert(rows);
    assertOneHit(made, Map.of());
    made.flush();
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (describe(made, "v").getIndexedRows() < count) {
      assertThat(System.nanoTime()).as("index of signatures").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(200);
    }
    assertOneHit(made, Map.of("mh_search_with_jaccard", true, "refine_k", 20));

    TestCollection other = TestCollection.create(client, schema(int64Key("id"), field));
    assertRefused(
        1100,
        () -> create(other, signatures(Map.of("mh_element_bit_width", 32, "mh_lsh_band", 5))),
        "Elements: 16, mh_lsh_band: 5");
  }

  private static IndexParam signatures(Map<String, Object> parameters) {
    return IndexParam.builder()
        .fieldName("v")
        .indexType(IndexType.MINHASH_LSH)
        .metricType(MetricType.MHJACCARD)
        .extraParams(parameters)
        .build();
  }

  /** Sixteen elements that no other row has. */
  private static byte[] signature(long id) {
    byte[] bytes = new byte[64];
    new Random(id).nextBytes(bytes);
    return bytes;
  }

  /** Of all rows only one has an element of the query's, and it has all but one. */
  private static void assertOneHit(TestCollection made, Map<String, Object> parameters) {
    byte[] query = signature(5);
    query[0] ^= 1;
    List<SearchResp.SearchResult> hits =
        made.hits(
            SearchReq.builder()
                .collectionName(made.name())
                .data(List.of(new BinaryVec(query)))
                .searchParams(parameters)
                .limit(10)
                .consistencyLevel(ConsistencyLevel.STRONG));
    assertThat(hits).extracting(SearchResp.SearchResult::getId).containsExactly(5L);
    assertThat(hits.getFirst().getScore()).isEqualTo(15f / 16);
  }

  private static TestCollection withFieldsFor(MilvusClientV2 client, Set<String> types) {
    List<AddFieldReq> fields = new ArrayList<>(List.of(int64Key("id")));
    types.forEach(type -> fields.add(vector(type, DIMENSION)));
    return TestCollection.create(client, schema(fields.toArray(AddFieldReq[]::new)));
  }

  private static IndexParam of(String type, Map<String, Object> parameters) {
    return IndexParam.builder()
        .fieldName(type)
        .indexType(IndexType.valueOf(type))
        .metricType(MetricType.L2)
        .extraParams(parameters)
        .build();
  }

  /** Vectors of a row are the same in all fields: around the row's number. */
  private static List<Float> vectorOf(long id) {
    Random random = new Random(id);
    List<Float> vector = new ArrayList<>();
    for (int i = 0; i < DIMENSION; i++) {
      vector.add((float) random.nextGaussian());
    }
    return vector;
  }

  private static void fillAndAwait(TestCollection made, Set<String> types)
      throws InterruptedException {
    int count = 1_200;
    List<JsonObject> rows = new ArrayList<>();
    for (long id = 0; id < count; id++) {
      JsonObject row = new JsonObject();
      row.addProperty("id", id);
      for (String type : types) {
        JsonArray vector = new JsonArray();
        vectorOf(id).forEach(vector::add);
        row.add(type, vector);
      }
      rows.add(row);
    }
    made.insert(rows);
    made.flush();
    made.client().loadCollection(LoadCollectionReq.builder().collectionName(made.name()).build());
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    for (String type : types) {
      while (describe(made, type).getIndexedRows() < count) {
        assertThat(System.nanoTime()).as("index of %s", type).isLessThan(deadline);
        TimeUnit.MILLISECONDS.sleep(200);
      }
    }
  }

  private static void assertFindsItself(
      TestCollection made, String type, Map<String, Object> parameters) {
    List<SearchResp.SearchResult> hits =
        made.client()
            .search(
                SearchReq.builder()
                    .collectionName(made.name())
                    .annsField(type)
                    .data(List.of(new FloatVec(vectorOf(77))))
                    .limit(3)
                    .searchParams(parameters)
                    .consistencyLevel(ConsistencyLevel.STRONG)
                    .build())
            .getSearchResults()
            .getFirst();
    assertThat(hits).hasSize(3);
    assertThat(hits.getFirst().getId()).as(type).isEqualTo(77L);
    assertThat(hits.getFirst().getScore()).isZero();
  }

  @Test
  void unknownCollectionsFieldsAndIndexesAreRefused(MilvusClientV2 client) {
    TestCollection made = withoutIndex(client);
    assertRefused(700, () -> describe(made, "v"));
    assertRefused(
        100,
        () -> create(new TestCollection(client, "never_was"), autoIndex("v", MetricType.L2)),
        "never_was");
    assertRefused(() -> create(made, autoIndex("no_field", MetricType.L2)), "no_field");
  }

  @Test
  void aSecondDifferentIndexOnOneFieldIsRefused(MilvusClientV2 client) {
    TestCollection made = withoutIndex(client);
    create(made, index("v", IndexType.HNSW, MetricType.L2));
    assertRefused(() -> create(made, index("v", IndexType.FLAT, MetricType.IP)));
    assertThat(describe(made, "v").getIndexType()).isEqualTo(IndexType.HNSW);
  }

  @Test
  void badParametersAreRefused(MilvusClientV2 client) {
    TestCollection made = withoutIndex(client);
    for (Map<String, Object> parameters :
        List.<Map<String, Object>>of(
            Map.of("M", -1, "efConstruction", 80),
            Map.of("M", 1, "efConstruction", 80),
            Map.of("M", 100_000, "efConstruction", 80),
            Map.of("M", "many", "efConstruction", 80),
            Map.of("M", 16, "efConstruction", 0))) {
      assertRefused(
          1100,
          () ->
              create(
                  made,
                  IndexParam.builder()
                      .fieldName("v")
                      .indexType(IndexType.HNSW)
                      .metricType(MetricType.L2)
                      .extraParams(parameters)
                      .build()));
    }
    assertRefused(1100, () -> create(made, autoIndex("v", MetricType.HAMMING)), "HAMMING");
    Map<IndexParam, String> refused =
        Map.of(
            bad(IndexType.IVF_FLAT, Map.of("nlist", 0)),
            "param 'nlist' (0) should be in range [1, 65536]",
            bad(IndexType.IVF_SQ8, Map.of("nlist", "many")),
            "param 'nlist' (many) should be integer",
            bad(IndexType.IVF_PQ, Map.of("m", 7)),
            "should be a multiple of the number of subquantizers (m). Dimension: 8, m: 7",
            bad(IndexType.IVF_RABITQ, Map.of("refine_type", "int4")),
            "invalid refine type : int4",
            bad(IndexType.SCANN, Map.of("sub_dim", 3)),
            "should be a multiple of sub_dim. Dimension:8, sub_dim:3",
            bad(IndexType.HNSW_SQ, Map.of("sq_type", "SQ6")),
            "invalid scalar quantizer type : SQ6, optional types are [SQ8, BF16, FP16]",
            bad(IndexType.HNSW_PQ, Map.of("m", 3)),
            "should be a multiple of the number of subquantizers (m). Dimension: 8, m: 3",
            bad(IndexType.HNSW_PRQ, Map.of("nrq", 17)),
            "param 'nrq' (17) should be in range [1, 16]",
            bad(IndexType.DISKANN, Map.of("max_degree", 0)),
            "param 'max_degree' (0) should be in range [1, 512]",
            bad(IndexType.BIN_FLAT, Map.of()),
            "can't build with this index BIN_FLAT");
    refused.forEach((index, words) -> assertRefused(1100, () -> create(made, index), words));
    assertRefused(
        1100,
        () -> create(made, bad(IndexType.HNSW_PRQ, Map.of("m", 8, "nrq", 8))),
        "8 parts (m) × 8 levels (nrq) = 64 bytes are longer than vectors of dimension 8");
    assertThat(list(made)).isEmpty();
  }

  private static IndexParam bad(IndexType type, Map<String, Object> parameters) {
    return IndexParam.builder()
        .fieldName("v")
        .indexType(type)
        .metricType(MetricType.L2)
        .extraParams(parameters)
        .build();
  }
}
