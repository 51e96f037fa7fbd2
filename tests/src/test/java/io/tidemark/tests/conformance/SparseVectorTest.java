package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.index;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.nullable;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.vector;
import static io.tidemark.tests.conformance.RawMilvus.assertStatus;
import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import io.milvus.grpc.SparseFloatArray;
import io.milvus.grpc.VectorField;
import io.milvus.orm.iterator.QueryIterator;
import io.milvus.orm.iterator.SearchIterator;
import io.milvus.response.QueryResultsWrapper.RowRecord;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.common.IndexParam.IndexType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.AddCollectionFieldReq;
import io.milvus.v2.service.collection.request.LoadCollectionReq;
import io.milvus.v2.service.index.request.DescribeIndexReq;
import io.milvus.v2.service.vector.request.AnnSearchReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.HybridSearchReq;
import io.milvus.v2.service.vector.request.QueryIteratorReq;
import io.milvus.v2.service.vector.request.SearchIteratorReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import io.milvus.v2.service.vector.request.data.SparseFloatVec;
import io.milvus.v2.service.vector.request.ranker.RRFRanker;
import io.milvus.v2.service.vector.response.SearchResp;
import io.tidemark.model.column.SparseRow;
import io.tidemark.tests.process.BackgroundJob;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sparse vectors, written and read with the stock SDK. */
@ExtendWith(SharedTidemark.class)
class SparseVectorTest {
  private static final int ROWS = 200;
  private static final int LIMIT = 9;
  private static final long LARGEST = 0xFFFF_FFFEL;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);

  /** Of many places few, which differ in how often they are taken; sometimes none. */
  private SortedMap<Long, Float> sparse() {
    SortedMap<Long, Float> vector = new TreeMap<>();
    for (int i = random.nextInt(12); i > 0; i--) {
      int place = (int) (60 * random.nextDouble() * random.nextDouble());
      vector.put(place == 50 ? LARGEST : 70_000_000L * place, random.nextFloat());
    }
    return vector;
  }

  private List<SortedMap<Long, Float>> rows(int count) {
    return IntStream.range(0, count).mapToObj(row -> sparse()).toList();
  }

  private static float score(SortedMap<Long, Float> a, SortedMap<Long, Float> b) {
    float sum = 0;
    for (Map.Entry<Long, Float> element : a.entrySet()) {
      sum += element.getValue() * b.getOrDefault(element.getKey(), 0f);
    }
    return sum;
  }

  private static JsonObject json(SortedMap<Long, Float> vector) {
    JsonObject json = new JsonObject();
    vector.forEach((index, value) -> json.addProperty(index.toString(), value));
    return json;
  }

  private static SearchReq.SearchReqBuilder search(
      TestCollection made, SortedMap<Long, Float> query) {
    return SearchReq.builder()
        .collectionName(made.name())
        .annsField("v")
        .data(List.of(new SparseFloatVec(query)))
        .limit(LIMIT)
        .consistencyLevel(ConsistencyLevel.STRONG);
  }

  private static TestCollection insert(
      MilvusClientV2 client, IndexParam index, List<SortedMap<Long, Float>> rows) {
    TestCollection made =
        TestCollection.create(
            client, schema(int64Key("id"), Fields.of("v", DataType.SparseFloatVector)), index);
    List<JsonObject> data = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      data.add(Row.of("id", (long) row, "v", json(rows.get(row))));
    }
    made.insert(data);
    return made;
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTOINDEX", "SPARSE_INVERTED_INDEX", "SPARSE_WAND"})
  void hitsScoresAndVectorsAreTheExactOnesGrowingAndFlushed(IndexType type, MilvusClientV2 client) {
    List<SortedMap<Long, Float>> rows = rows(ROWS);
    SortedMap<Long, Float> query = sparse();
    query.put(0L, 0.5f);
    TestCollection made = insert(client, index("v", type, MetricType.IP), rows);
    for (boolean flushed : new boolean[] {false, true}) {
      if (flushed) {
        made.flush();
      }
      assertHits(rows, query, made, "");
      assertHits(rows, query, made, "id % 7 == 3");
      for (Map<String, Object> row : made.rows("id in [5, 7, 11, 13]", "v")) {
        assertThat(row.get("v"))
            .as("seed %d, flushed %s", seed, flushed)
            .isEqualTo(rows.get(((Long) row.get("id")).intValue()));
      }
      assertThat(made.rows("id < 0", "v")).isEmpty();
    }
  }

  private void assertHits(
      List<SortedMap<Long, Float>> rows,
      SortedMap<Long, Float> query,
      TestCollection made,
      String filter) {
    List<SearchResp.SearchResult> hits =
        made.hits(search(made, query).filter(filter).outputFields(List.of("v")));
    List<Float> exact =
        IntStream.range(0, rows.size())
            .filter(row -> filter.isEmpty() || row % 7 == 3)
            .mapToObj(row -> score(query, rows.get(row)))
            .filter(score -> score > 0)
            .sorted(Comparator.reverseOrder())
            .limit(LIMIT)
            .toList();
    assertThat(hits).as("seed %d", seed).hasSameSizeAs(exact);
    for (int i = 0; i < hits.size(); i++) {
      SortedMap<Long, Float> row = rows.get(((Long) hits.get(i).getId()).intValue());
      assertThat(hits.get(i).getScore())
          .isCloseTo(exact.get(i), within(1e-6f))
          .isCloseTo(score(query, row), within(1e-6f));
      assertThat(hits.get(i).getEntity().get("v")).as("seed %d", seed).isEqualTo(row);
    }
  }

  private static SortedMap<Long, Float> of(long index, double value) {
    return new TreeMap<>(Map.of(index, (float) value));
  }

  @Test
  void rangesUpsertsDeletesAndAddedFieldsWorkAsWithFloats(MilvusClientV2 client) {
    List<SortedMap<Long, Float>> rows = new ArrayList<>();
    IntStream.range(0, 40).forEach(row -> rows.add(of(7, 1 + row)));
    TestCollection made = insert(client, autoIndex("v", MetricType.IP), rows);
    Map<String, Object> range = Map.of("radius", 10, "range_filter", 20);
    assertThat(made.hits(search(made, of(7, 1)).limit(40).searchParams(range)))
        .extracting(SearchResp.SearchResult::getScore)
        .containsExactlyElementsOf(IntStream.rangeClosed(0, 9).mapToObj(i -> 20f - i).toList());
    assertThat(made.hits(search(made, of(8, 1)))).isEmpty();
    assertThat(made.hits(search(made, new TreeMap<>()))).isEmpty();
    made.upsert(Row.of("id", 3L, "v", json(of(8, 5))));
    client.delete(DeleteReq.builder().collectionName(made.name()).filter("id == 39").build());
    assertThat(TestCollection.only(made.hits(search(made, of(8, 1)))).getId()).isEqualTo(3L);
    assertThat(made.hits(search(made, of(7, 1))).getFirst().getId()).isEqualTo(38L);
    client.addCollectionField(
        AddCollectionFieldReq.builder()
            .collectionName(made.name())
            .fieldName("later")
            .dataType(DataType.SparseFloatVector)
            .isNullable(true)
            .build());
    made.upsert(Row.of("id", 5L, "v", json(of(1, 1)), "later", json(of(2, 3))));
    made.flush();
    assertThat(made.rows("id in [5, 6]", "later"))
        .hasSize(2)
        .allSatisfy(row ->
            assertThat(row.get("later")).isEqualTo(row.get("id").equals(5L) ? of(2, 3) : null));
  }

  @Test
  void aHybridSearchFusesThemWithDenseOnes(MilvusClientV2 client) {
    TestCollection made =
        TestCollection.create(
            client,
            schema(int64Key("id"), Fields.of("v", DataType.SparseFloatVector), vector("dense", 2)),
            autoIndex("v", MetricType.IP),
            autoIndex("dense", MetricType.L2));
    // By the dense field 0 is first and 2 last, by the sparse one 1 and 0, which lacks it.
    made.insert(
        Row.of("id", 0L, "v", json(of(4, 9)), "dense", new float[] {0, 0}),
        Row.of("id", 1L, "v", json(of(3, 9)), "dense", new float[] {1, 0}),
        Row.of("id", 2L, "v", json(of(3, 1)), "dense", new float[] {2, 0}));
    List<SearchResp.SearchResult> hits =
        client
            .hybridSearch(
                HybridSearchReq.builder()
                    .collectionName(made.name())
                    .searchRequests(
                        List.of(
                            AnnSearchReq.builder()
                                .vectorFieldName("v")
                                .vectors(List.of(new SparseFloatVec(of(3, 1))))
                                .limit(3)
                                .build(),
                            AnnSearchReq.builder()
                                .vectorFieldName("dense")
                                .vectors(List.of(new FloatVec(new float[] {0, 0})))
                                .limit(3)
                                .build()))
                    .ranker(RRFRanker.builder().k(60).build())
                    .limit(3)
                    .outFields(List.of("v"))
                    .consistencyLevel(ConsistencyLevel.STRONG)
                    .build())
            .getSearchResults()
            .getFirst();
    assertThat(TestCollection.idsOf(hits)).containsExactly(1L, 2L, 0L);
    assertThat(hits.getFirst().getScore()).isCloseTo(1 / 61f + 1 / 62f, within(1e-6f));
    assertThat(hits.getFirst().getEntity().get("v")).isEqualTo(of(3, 9));
  }

  @Test
  void iteratorsReindexAndNamedStatesWorkAsWithFloats(
      MilvusClientV2 client, TidemarkProcess tidemark) throws Exception {
    List<SortedMap<Long, Float>> rows = new ArrayList<>();
    IntStream.range(0, 60).forEach(row -> rows.add(of(7, 1 + row)));
    TestCollection made = insert(client, autoIndex("v", MetricType.IP), rows);
    made.flush();
    List<Object> nearest =
        IntStream.range(0, 60).<Object>mapToObj(row -> 59L - row).limit(LIMIT).toList();
    assertPages(client, made, rows);

    run(tidemark, made, "reindex", "type", "SPARSE_INVERTED_INDEX", "index-rows-min", "10");
    assertThat(
            client
                .describeIndex(
                    DescribeIndexReq.builder().collectionName(made.name()).fieldName("v").build())
                .getIndexDescByFieldName("v")
                .getIndexType())
        .isEqualTo(IndexType.SPARSE_INVERTED_INDEX);
    assertThat(TestCollection.idsOf(made.hits(search(made, of(7, 1))))).isEqualTo(nearest);

    run(tidemark, made, "snapshot", "action", "create", "name", "then");
    made.upsert(Row.of("id", 59L, "v", json(of(8, 5))));
    assertThat(made.hits(search(made, of(7, 1))).getFirst().getId()).isEqualTo(58L);
    Map<String, Object> then = Map.of("as_of", "then");
    assertThat(TestCollection.idsOf(made.hits(search(made, of(7, 1)).searchParams(then))))
        .isEqualTo(nearest);
    String copy = made.name() + "_then";
    run(tidemark, made, "snapshot", "action", "restore", "name", "then", "as", copy);
    TestCollection restored = new TestCollection(client, copy);
    client.loadCollection(LoadCollectionReq.builder().collectionName(copy).build());
    assertThat(TestCollection.idsOf(restored.hits(search(restored, of(7, 1))))).isEqualTo(nearest);
    assertPages(client, restored, rows);
  }

  private static void run(
      TidemarkProcess tidemark, TestCollection made, String kind, String... options)
      throws Exception {
    Map<String, String> request = new TreeMap<>(Map.of("kind", kind, "collection", made.name()));
    for (int i = 0; i < options.length; i += 2) {
      request.put(options[i], options[i + 1]);
    }
    assertThat(BackgroundJob.start(tidemark, request).awaitEnd()).isEqualTo("done");
  }

  /** Rows that fall off from the last one, a page after the other, by keys and by nearness. */
  private static void assertPages(
      MilvusClientV2 client, TestCollection made, List<SortedMap<Long, Float>> rows) {
    QueryIterator byKeys =
        client.queryIterator(
            QueryIteratorReq.builder()
                .collectionName(made.name())
                .expr("id >= 0")
                .outputFields(List.of("v"))
                .consistencyLevel(ConsistencyLevel.STRONG)
                .batchSize(25)
                .build());
    assertThat(all(byKeys::next))
        .extracting(row -> row.get("v"))
        .containsExactlyElementsOf(new ArrayList<Object>(rows));
    SearchIterator byNearness =
        client.searchIterator(
            SearchIteratorReq.builder()
                .collectionName(made.name())
                .vectorFieldName("v")
                .metricType(MetricType.IP)
                .vectors(List.of(new SparseFloatVec(of(7, 1))))
                .outputFields(List.of("v"))
                .consistencyLevel(ConsistencyLevel.STRONG)
                .params("{}")
                .batchSize(25)
                .build());
    assertThat(all(byNearness::next))
        .extracting(row -> row.get("v"))
        .containsExactlyElementsOf(new ArrayList<Object>(rows.reversed()));
  }

  private static List<RowRecord> all(Supplier<List<RowRecord>> pages) {
    List<RowRecord> all = new ArrayList<>();
    for (List<RowRecord> page = pages.get(); !page.isEmpty(); page = pages.get()) {
      all.addAll(page);
    }
    return all;
  }

  private static VectorField.Builder field(byte[]... rows) {
    SparseFloatArray.Builder array = SparseFloatArray.newBuilder().setDim(100);
    for (byte[] row : rows) {
      array.addContents(ByteString.copyFrom(row));
    }
    return VectorField.newBuilder().setDim(100).setSparseFloatVector(array);
  }

  @Test
  void rowsAndQueriesThatAreNoneOfTheTypeAreRefused(MilvusClientV2 client, TidemarkProcess tidemark)
      throws Exception {
    TestCollection made = insert(client, autoIndex("v", MetricType.IP), rows(1));
    byte[] good = SparseRow.of(new int[] {1, 5}, new float[] {1, 2});
    try (RawMilvus raw = new RawMilvus(tidemark.grpcAddress())) {
      Map<String, byte[]> bad =
          Map.of(
              "invalid data length", new byte[9],
              "unsorted or same indices", SparseRow.of(new int[] {5, 1}, new float[] {1, 2}),
              "5 after 5", SparseRow.of(new int[] {5, 5}, new float[] {1, 2}),
              "must be less than 2^32-1", SparseRow.of(new int[] {-1}, new float[] {1}),
              "negative value", SparseRow.of(new int[] {1}, new float[] {-1}),
              "is not a number", SparseRow.of(new int[] {1}, new float[] {Float.NaN}));
      bad.forEach((words, row) ->
          raw.assertBad(made, DataType.SparseFloatVector, field(row), words, "field v, row 0"));
      raw.assertBad(made, DataType.SparseFloatVector, field(good, good), "num_rows");
      raw.assertBad(
          made,
          DataType.SparseFloatVector,
          VectorField.newBuilder().setInt8Vector(ByteString.copyFrom(good)),
          "v");
      assertStatus(
          raw.stub()
              .createCollection(
                  RawMilvus.create(
                      TestCollection.unique("bad"),
                      RawMilvus.key("id"),
                      RawMilvus.vector("v", "8").toBuilder()
                          .setDataTypeValue(DataType.SparseFloatVector.getCode())
                          .build())),
          1100,
          "dim should not be specified for sparse vector field v");
    }
    assertRefused(
        1100,
        () -> made.hits(search(made, of(1, 1)).data(List.of(new FloatVec(new float[2])))),
        "vector type must be the same");
    assertRefused(
        1100, () -> made.hits(search(made, of(1, -1))), "negative value", "query vector 0");
    assertRefused(
        1100,
        () -> made.hits(search(made, of(1, 1)).metricType(MetricType.L2)),
        "metric type not match");
    assertThat(made.count()).isOne();
  }

  @Test
  void indexesAndMetricsOfDenseVectorsAreRefusedAndInnerProductsAreTheDefault(
      MilvusClientV2 client) {
    TestCollection made =
        TestCollection.create(
            client,
            schema(
                int64Key("id"),
                Fields.of("v", DataType.SparseFloatVector),
                nullable(Fields.text("text", 9))));
    assertRefused(
        1100,
        () -> made.createIndex(index("v", IndexType.HNSW, MetricType.IP)),
        "SparseFloatVector",
        "HNSW",
        "SPARSE_INVERTED_INDEX");
    assertRefused(
        1100,
        () -> made.createIndex(index("v", IndexType.SPARSE_INVERTED_INDEX, MetricType.L2)),
        "metric type L2 not found",
        "[IP]");
    for (Map<String, Object> bad :
        List.<Map<String, Object>>of(
            Map.of("inverted_index_algo", "BMW"), Map.of("drop_ratio_build", 1))) {
      IndexParam index = index("v", IndexType.SPARSE_INVERTED_INDEX, MetricType.IP);
      index.setExtraParams(bad);
      assertRefused(1100, () -> made.createIndex(index), bad.values().iterator().next().toString());
    }
    made.createIndex(IndexParam.builder().fieldName("v").indexType(IndexType.AUTOINDEX).build());
    assertThat(
            client
                .describeIndex(
                    DescribeIndexReq.builder().collectionName(made.name()).fieldName("v").build())
                .getIndexDescByFieldName("v")
                .getMetricType())
        .isEqualTo(MetricType.IP);
  }
}
