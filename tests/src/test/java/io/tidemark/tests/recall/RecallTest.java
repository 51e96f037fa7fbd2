package io.tidemark.tests.recall;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.vector;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.index.request.DescribeIndexReq;
import io.milvus.v2.service.index.response.DescribeIndexResp.IndexDesc;
import io.tidemark.tests.benchmark.Dataset;
import io.tidemark.tests.conformance.Fields;
import io.tidemark.tests.conformance.Row;
import io.tidemark.tests.conformance.TestCollection;
import io.tidemark.tests.process.SdkClient;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * recall@10 of a fresh collection while all rows are growing and once all are indexed, at the
 * default search parameters, without a filter and with filters that 1, 10 and 50 % of the rows
 * pass. {@code -Drecall.rows=N} takes up to N rows of each dataset.
 */
class RecallTest {
  private static final int K = 10;
  private static final int BATCH = 1_000;
  private static final double RECALL_MIN = 0.95;
  private static final int[] PERCENTS = {100, 50, 10, 1};

  @ParameterizedTest
  @CsvSource({"bigann10k, 9800, 200", "sift200k, 30000, 200"})
  void searchesFindTheNearest(String name, int rowsMax, int queriesMax, @TempDir Path folder)
      throws Exception {
    Dataset dataset = SharedData.readOrSkip(name);
    int count = Math.min(Integer.getInteger("recall.rows", rowsMax), dataset.base().length);
    float[][] rows = Arrays.copyOf(dataset.base(), count);
    float[][] queries =
        Arrays.copyOf(dataset.queries(), Math.min(queriesMax, dataset.queries().length));
    Map<Integer, ExactNeighbours> exact = new TreeMap<>();
    for (int percent : PERCENTS) {
      exact.put(
          percent, ExactNeighbours.scan(rows, queries, K, row -> dataset.attribute(row) < percent));
    }
    try (TidemarkProcess tidemark =
            TidemarkProcess.start(folder.resolve("data"), "--window-ms", "60000");
        SdkClient client = SdkClient.to(tidemark.grpcAddress())) {
      TestCollection made =
          TestCollection.create(
              client,
              schema(
                  int64Key("id"),
                  Fields.of("attr", DataType.Int8),
                  vector("vector", dataset.dimension())),
              autoIndex("vector", MetricType.L2));
      insert(made, rows, dataset);
      Map<String, Double> recalls = new TreeMap<>();
      exact.forEach((percent, nearest) ->
          recalls.put(percent + " % growing", recall(made, queries, percent, nearest)));
      made.flush();
      awaitIndexed(made, count);
      exact.forEach((percent, nearest) ->
          recalls.put(percent + " % sealed", recall(made, queries, percent, nearest)));
      System.err.println("RecallTest: " + name + ", " + count + " rows: " + recalls);

      SoftAssertions all = new SoftAssertions();
      recalls.forEach((phase, recall) ->
          all.assertThat(recall)
              .as("recall@10 of %s, %d rows, %s", name, count, phase)
              .isGreaterThanOrEqualTo(RECALL_MIN));
      all.assertAll();
    }
  }

  private static void insert(TestCollection collection, float[][] rows, Dataset dataset) {
    for (int from = 0; from < rows.length; from += BATCH) {
      List<JsonObject> batch = new ArrayList<>(BATCH);
      for (int row = from; row < Math.min(from + BATCH, rows.length); row++) {
        batch.add(Row.of("id", (long) row, "attr", dataset.attribute(row), "vector", rows[row]));
      }
      collection.insert(batch);
    }
    assertThat(collection.count()).isEqualTo(rows.length);
  }

  private static double recall(
      TestCollection collection, float[][] queries, int percent, ExactNeighbours exact) {
    long found = 0;
    long wanted = 0;
    for (int query = 0; query < queries.length; query++) {
      List<Long> hits =
          TestCollection.idsOf(
                  collection.hits(
                      collection
                          .search(queries[query])
                          .limit(K)
                          .filter(percent == 100 ? "" : "attr < " + percent)))
              .stream()
              .map(Long.class::cast)
              .toList();
      assertThat(hits).hasSize(exact.wanted(query)).doesNotHaveDuplicates();
      found += exact.found(query, hits);
      wanted += exact.wanted(query);
    }
    return found / (double) wanted;
  }

  private static void awaitIndexed(TestCollection collection, int rows)
      throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(4).toNanos();
    while (true) {
      IndexDesc index =
          collection
              .client()
              .describeIndex(
                  DescribeIndexReq.builder()
                      .collectionName(collection.name())
                      .fieldName("vector")
                      .build())
              .getIndexDescByFieldName("vector");
      if (index.getTotalRows() == rows && index.getIndexedRows() == rows) {
        return;
      }
      assertThat(System.nanoTime())
          .as(
              "%d of %d rows indexed, %d expected",
              index.getIndexedRows(), index.getTotalRows(), rows)
          .isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }
}
