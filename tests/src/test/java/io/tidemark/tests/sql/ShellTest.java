package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidemark sql} in a process of its own, with the scripts that come with Tidemark. */
@ExtendWith(SharedTidemark.class)
class ShellTest {
  private static final String SUFFIX = Long.toString(System.nanoTime(), 36);

  @Test
  void aCsvFileBecomesACollectionThatIsSearchedReindexedAndJoined(
      TidemarkProcess tidemark, @TempDir Path folder) throws Exception {
    String documents = "documents_" + SUFFIX;
    Shell.Ended ended =
        Shell.script(
            tidemark,
            folder,
            documentsIn(documents, script("csv-to-collection.sql"))
                + documentsIn(documents, script("reindex.sql"))
                + documentsIn(documents, script("neighbour-join.sql")));
    assertThat(ended.status()).as(ended.printed()).isZero();
    assertThat(ended.printed())
        .contains("indexed |    7 |")
        .containsPattern("Bread is baked from[^|]*\\| +0\\.62")
        .contains("reindex", "default." + documents)
        .containsPattern("101 \\|[^|]*\\| +1 \\|[^|]*\\| +0\\.98")
        .contains("| 103 | A lighthouse warns ships of")
        .doesNotContain("| 101 |", "| 102 |");
  }

  @Test
  void aTopicBecomesACollectionAndACollectionIsReadAsItWas(
      TidemarkProcess tidemark, @TempDir Path folder) throws Exception {
    String documents = "topic_" + SUFFIX;
    String brokers = Files.readString(tidemark.data().resolve("run/log")).strip();
    produce(
        brokers,
        documents,
        "{\"id\": 1, \"body\": \"The tide goes out twice a day\"}",
        "{\"id\": 2, \"body\": \"Sourdough needs a day to rise\"}",
        "{\"id\": 3, \"body\": null}");
    Shell.Ended ended =
        Shell.script(
            tidemark,
            folder,
            script("time-travel.sql").replace("stock", "stock_" + SUFFIX)
                + documentsIn(documents, script("kafka-to-collection.sql"))
                    .replace("localhost:9092", brokers));
    assertThat(ended.status()).as(ended.printed()).isZero();
    assertThat(ended.printed())
        .containsPattern("\\| +1 \\| +40\\.0 \\| +25\\.0 \\| changed \\|")
        .containsPattern("\\| +3 \\| +250\\.0 \\| +<NULL> \\| removed \\|")
        .containsPattern("\\| +4 \\| +<NULL> \\| +60\\.0 \\| +added \\|")
        .contains("|  3 | table |   0.0 |", "default/stock_" + SUFFIX + "_before=")
        .containsPattern("The tide goes out twice a day \\| +0\\.\\d+")
        .contains("2 rows in set");
  }

  @Test
  void aStatementThatFailsIsAFailure(TidemarkProcess tidemark, @TempDir Path folder)
      throws Exception {
    Shell.Ended ended = Shell.run(tidemark, folder, "", "-e", "SELECT * FROM nothing_of_that_name");
    assertThat(ended.status()).as(ended.printed()).isEqualTo(1);
    assertThat(ended.printed()).contains("nothing_of_that_name");
  }

  @Test
  void whatIsPastedFromThePagesIsAnsweredAndAnErrorEndsNothing(
      TidemarkProcess tidemark, @TempDir Path folder) throws Exception {
    String table = "pasted_" + SUFFIX;
    Shell.Ended ended =
        Shell.run(
            tidemark,
            folder,
            firstSql("README.md").replace("sql_books", table)
                + "INSERT INTO %1$s VALUES (2, 'Emma', VECTOR_PARSE('[0.5]'));\n".formatted(table)
                + firstSql("docs/sql/tables.md").replace("TABLE docs", "TABLE docs_" + table)
                + "DESCRIBE docs_%1$s; DROP TABLE docs_%1$s;\n".formatted(table)
                + firstSql("docs/sql/shell.md")
                + "exit\nSELECT 'not reached';\n");
    assertThat(ended.status()).as(ended.printed()).isZero();
    assertThat(ended.printed())
        .contains("Flink SQL on Tidemark at " + tidemark.grpcAddress())
        .containsPattern("\\|\\s*1 \\|\\s*Dune \\|")
        .contains("the row with key 2: column 'v' has 1 values, the dimension is 3")
        .contains("from the shop", "FAILED", "FINISHED")
        .doesNotContain("not reached", "\tat ", "only single statement");
  }

  /** The first block of a page that is SQL, as it is pasted. */
  private static String firstSql(String page) throws Exception {
    String text = Files.readString(Shell.ROOT.resolve(page));
    int from = text.indexOf("```sql\n") + "```sql\n".length();
    return text.substring(from, text.indexOf("```", from));
  }

  private static String documentsIn(String collection, String script) {
    return script
        .replaceAll("'(sql/scripts/\\w+\\.csv)'", "'" + Shell.ROOT + "/$1'")
        .replace("documents (", collection + " (")
        .replace("INTO documents", "INTO " + collection)
        .replace("TABLE documents,", "TABLE " + collection + ",")
        .replace("FROM documents ", "FROM " + collection + " ")
        .replace("'documents'", "'" + collection + "'")
        .replace("`documents$", "`" + collection + "$");
  }

  private static void produce(String brokers, String topic, String... documents) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", brokers);
    try (Admin admin = Admin.create(settings)) {
      admin
          .createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
          .all()
          .get(60, TimeUnit.SECONDS);
    }
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (String document : documents) {
        producer.send(new ProducerRecord<>(topic, document)).get(60, TimeUnit.SECONDS);
      }
    }
  }

  private static String script(String name) throws Exception {
    return Files.readString(Shell.ROOT.resolve("sql/scripts").resolve(name));
  }
}
