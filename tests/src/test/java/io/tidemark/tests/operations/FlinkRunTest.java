package io.tidemark.tests.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.service.index.request.DescribeIndexReq;
import io.tidemark.standalone.jobs.JobJar;
import io.tidemark.tests.conformance.Row;
import io.tidemark.tests.conformance.TestCollection;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on a Flink cluster that knows nothing of Tidemark, submitted with its own command. */
@ExtendWith(SharedTidemark.class)
class FlinkRunTest {
  private static final int ROWS = 1_200;

  @Test
  void aStockClusterReindexesACollectionWhileItIsServed(
      TidemarkProcess tidemark, MilvusClientV2 client, @TempDir Path folder) throws Exception {
    TestCollection books = TestCollection.quick(client, 4);
    Random random = new Random(11);
    books.insert(
        LongStream.range(0, ROWS)
            .mapToObj(id ->
                Row.of(
                    "id",
                    id,
                    "vector",
                    new float[] {
                      random.nextFloat(), random.nextFloat(), random.nextFloat(), random.nextFloat()
                    }))
            .toList());
    books.flush();
    assertThat(Cli.run(tidemark, "index", books.name()).status()).isZero();

    Path jar = folder.resolve("tidemark-jobs.jar");
    JobJar.writeThin(
        jar,
        folder.resolve("lib"),
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList());
    try (FlinkCluster cluster = FlinkCluster.start(folder)) {
      String printed =
          cluster.run(
              List.of(
                  "-c",
                  "io.tidemark.jobs.reindex.ReindexJob",
                  jar.toString(),
                  "--catalog",
                  "jdbc:sqlite:" + tidemark.data().resolve("catalog.db"),
                  "--warehouse",
                  "file://" + tidemark.data().resolve("warehouse"),
                  "--collection",
                  books.name(),
                  "--type",
                  "HNSW",
                  "--params",
                  "M=24,efConstruction=120"));
      assertThat(printed)
          .contains("Job has been submitted")
          .contains("reindex " + books.name() + " done: outcome switched");
    }
    assertThat(
            client
                .describeIndex(
                    DescribeIndexReq.builder()
                        .collectionName(books.name())
                        .fieldName("vector")
                        .build())
                .getIndexDescriptions()
                .getFirst()
                .getExtraParams())
        .containsEntry("M", "24");
    assertThat(books.count()).isEqualTo(ROWS);
  }
}
