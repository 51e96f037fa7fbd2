package io.tidemark.tests.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.tidemark.tests.process.SharedTidemark;
import io.tidemark.tests.process.TidemarkProcess;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedTidemark.class)
class SinkDeleteTest {
  @Test
  void delete_statements_delete_by_key_and_by_condition_and_truncate_leaves_nothing(
      TidemarkProcess process, MilvusClientV2 client) throws Exception {
    SinkCollection made =
        SinkCollection.create(
            client, 2, schema -> schema.addField(SinkCollection.field("n", DataType.Int64)));
    SqlSession session = SqlSession.batch(process);
    session.run(
        """
        INSERT INTO %s SELECT id, ARRAY[CAST(id AS FLOAT), CAST(1 AS FLOAT)], id * 10
        FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS s (id)\
        """
            .formatted(made.name()));
    session.run("DELETE FROM " + made.name() + " WHERE id = 1");
    assertThat(made.numbers("n")).doesNotContainKey(1L).hasSize(8);
    session.run("DELETE FROM " + made.name() + " WHERE id IN (2, 3)");
    assertThat(made.numbers("n")).hasSize(6);
    session.run("DELETE FROM " + made.name() + " WHERE n > 60 AND NOT id = 9");
    assertThat(made.numbers("n")).isEqualTo(Map.of(4L, 40L, 5L, 50L, 6L, 60L, 9L, 90L));
    session.run("TRUNCATE TABLE " + made.name());
    assertThat(made.count()).isZero();
  }
}
