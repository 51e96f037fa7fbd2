package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.AddCollectionFieldReq;
import io.milvus.v2.service.index.request.CreateIndexReq;
import io.tidemark.tests.process.SharedTidemark;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields that a loaded collection with rows gets later, while growing and from the lake. */
@ExtendWith(SharedTidemark.class)
class AddFieldTest {
  private static final float[] EAST = {1, 0, 0};
  private static final float[] NORTH = {0, 1, 0};

  @ParameterizedTest(name = "flushed: {0}")
  @ValueSource(booleans = {false, true})
  void rows_of_before_lack_the_field_and_all_else_goes_on(boolean flushed, MilvusClientV2 client) {
    TestCollection books = TestCollection.quick(client, 2);
    books.insert(row(1), row(2));
    if (flushed) {
      books.flush();
    }

    client.addCollectionField(
        AddCollectionFieldReq.builder()
            .collectionName(books.name())
            .fieldName("pages")
            .dataType(DataType.Int64)
            .isNullable(true)
            .build());
    client.addCollectionField(
        AddCollectionFieldReq.builder()
            .collectionName(books.name())
            .fieldName("wide")
            .dataType(DataType.FloatVector)
            .dimension(3)
            .isNullable(true)
            .build());
    client.createIndex(
        CreateIndexReq.builder()
            .collectionName(books.name())
            .indexParams(List.of(autoIndex("wide", MetricType.L2)))
            .build());
    JsonObject east = row(4);
    east.addProperty("pages", 300);
    east.add("wide", Row.of("wide", EAST).get("wide"));
    JsonObject nothing = row(5);
    nothing.add("wide", JsonNull.INSTANCE);
    JsonObject north = row(6);
    north.add("wide", Row.of("wide", NORTH).get("wide"));
    books.insert(row(3));
    books.insert(east, nothing, north);
    if (flushed) {
      books.flush();
    }

    assertThat(TestCollection.idsOf(books.hits(books.search(EAST).annsField("wide").limit(10))))
        .containsExactly(4L, 6L);
    assertThat(
            TestCollection.idsOf(
                books.hits(books.search(new float[] {1, 0}).annsField("vector").limit(10))))
        .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(books.ids("pages > 0")).containsExactly(4L);
    assertThat(books.ids("pages is null")).containsExactlyInAnyOrder(1L, 2L, 3L, 5L, 6L);
    Map<String, Object> first = books.rows("id == 1", "*").getFirst();
    assertThat(first).containsEntry("pages", null).containsEntry("wide", null);
    assertThat(books.rows("id == 6", "wide").getFirst()).containsEntry("wide", List.of(0f, 1f, 0f));
    assertThat(books.count()).isEqualTo(6);
  }

  private static JsonObject row(long id) {
    return Row.of("id", id, "vector", new float[] {id, 1});
  }
}
