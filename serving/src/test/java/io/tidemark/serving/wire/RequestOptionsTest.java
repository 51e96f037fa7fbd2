package io.tidemark.serving.wire;

import static io.tidemark.serving.wire.Protos.key;
import static io.tidemark.serving.wire.Protos.schema;
import static io.tidemark.serving.wire.Protos.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.milvus.grpc.KeyValuePair;
import io.milvus.grpc.PlaceholderGroup;
import io.milvus.grpc.PlaceholderType;
import io.milvus.grpc.PlaceholderValue;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestOptionsTest {
  private static final CollectionSchema DYNAMIC =
      SchemaReader.read(schema(true, key("id"), vector("vec", "2")));
  private static final CollectionSchema PLAIN =
      SchemaReader.read(schema(false, key("id"), vector("vec", "2")));

  private static List<KeyValuePair> pairs(String... keysAndValues) {
    Stream.Builder<KeyValuePair> pairs = Stream.builder();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      pairs.add(KeyValues.pair(keysAndValues[i], keysAndValues[i + 1]));
    }
    return pairs.build().toList();
  }

  @Test
  void searchParametersComeFlatAndAsJson() {
    SearchOptions options =
        SearchOptions.read(
            pairs(
                "topk",
                "10",
                "offset",
                "5",
                "anns_field",
                "vec",
                "metric_type",
                "L2",
                "ignore_growing",
                "True",
                "round_decimal",
                "3",
                "ef",
                "99",
                "params",
                "{\"ef\": 64, \"radius\": 0.5, \"hints\": {\"a\": [1]}}"));
    assertThat(options.limit()).isEqualTo(10);
    assertThat(options.offset()).isEqualTo(5);
    assertThat(options.field()).isEqualTo("vec");
    assertThat(options.metric()).isEqualTo("L2");
    assertThat(options.ignoreGrowing()).isTrue();
    assertThat(options.roundDecimal()).isEqualTo(3);
    assertThat(options.index()).isEqualTo(Map.of("ef", "99", "radius", "0.5"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "topk|0|topk [0] is invalid, it should be in range [1, 16384], but got 0",
        "topk|-1|topk [-1] is invalid",
        "topk|16385|but got 16385",
        "topk|many|topk [many] is invalid",
        "offset|-1|offset [-1] is invalid",
        "offset|16384|offset+topk [16394] is invalid",
        "offset|9223372036854775807|out of every range",
        "round_decimal|7|round_decimal [7] is invalid, should be -1 or an integer in range [0, 6]",
        "round_decimal|-2|round_decimal [-2] is invalid",
        "group_by_field|x|not supported yet",
        "group_by_fields|x|group_by_fields [x] is not supported yet",
        "order_by_fields|price:desc|order_by_fields [price:desc] is not supported yet",
        "search_iter_v2|True|both iterator and search_iter_v2 must be set",
        "params|[1]|should be a JSON object",
        "params|{|no valid JSON",
        "as_of|''|as_of [] is invalid, expected a snapshot",
        "ignore_growing|abc|ignore_growing [abc] is invalid, expected true or false",
        "ignore_growing|''|ignore_growing [] is invalid, expected true or false",
        "params|{\"exact\": \"\"}|exact [] is invalid, expected true or false",
        "iterator|yes|iterator [yes] is invalid, expected true or false",
        "params|{\"ef\": 64} trailing|is no valid JSON",
        "params|{\"ef\": 64}{\"ef\": 1}|goes on after its JSON object",
        "params|{\"ef\": 64, \"ef\": 1}|ef is given twice",
      })
  void badSearchParametersAreRefused(String key, String value, String reason) {
    String[] good = {"limit", "10", "topk", "10"};
    List<KeyValuePair> given =
        Stream.concat(without(key, pairs(good)).stream(), pairs(key, value).stream()).toList();
    assertThatThrownBy(() -> SearchOptions.read(given)).hasMessageContaining(reason);
  }

  private static List<KeyValuePair> without(String key, List<KeyValuePair> pairs) {
    return pairs.stream().filter(pair -> !pair.getKey().equals(key)).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "offset|1|Setting an offset is not permitted when using a search iterator v2, but got 1",
        "search_iter_batch_size|''|batch size is required",
        "search_iter_batch_size|0|batch size [0] is invalid, it should be in range [1, 16384]",
        "search_iter_batch_size|few|batch size [few] is invalid",
        "search_iter_last_bound|0.5|next page of an iterator by search_iter_last_bound",
        "search_iter_id|a-token|next page of an iterator by search_iter_id",
      })
  void badIteratorsAreRefused(String key, String value, String reason) {
    String[] good = {
      "topk", "10", "iterator", "True", "search_iter_v2", "True", "search_iter_batch_size", "10"
    };
    assertThat(SearchOptions.read(pairs(good)).limit()).isEqualTo(10);
    List<KeyValuePair> bad =
        Stream.concat(without(key, pairs(good)).stream(), pairs(key, value).stream()).toList();
    assertThatThrownBy(() -> SearchOptions.read(bad)).hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({"true,true", "True,true", "1,true", "t,true", "false,false", "0,false"})
  void booleansComeAsGoAndPythonWriteThem(String text, boolean expected) {
    assertThat(SearchOptions.read(pairs("topk", "1", "ignore_growing", text)).ignoreGrowing())
        .isEqualTo(expected);
    assertThat(QueryOptions.read(pairs("limit", "1", "ignore_growing", text)).ignoreGrowing())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"iterator", "reduce_stop_for_best"})
  void flagsOfAQueryAreReadAsMilvusReadsThem(String key) {
    for (String good : List.of("True", "False", "true", "false", "1", "0")) {
      assertThat(QueryOptions.read(pairs("limit", "1", key, good)).limit()).isEqualTo(1);
    }
    for (String bad : List.of("", "abc", "2.5")) {
      assertThatThrownBy(() -> QueryOptions.read(pairs(key, bad)))
          .hasMessage(key + " [" + bad + "] is invalid, expected true or false");
    }
  }

  @Test
  void whatAUserSetComesBeforeTheClientsDefault() {
    SearchOptions options = SearchOptions.read(pairs("topk", "7", "offset", "3", "offset", "0"));
    assertThat(options.offset()).isEqualTo(3);
  }

  @Test
  void elsewhereAParameterHasOneValue() {
    assertThat(KeyValues.toMap(pairs("M", "7", "M", "7"))).containsExactly(Map.entry("M", "7"));
    assertThatThrownBy(() -> KeyValues.toMap(pairs("M", "7", "M", "8")))
        .hasMessageContaining("parameter M is given twice, as [7] and as [8]");
  }

  @Test
  void aQueryInAnOrderIsRefused() {
    assertThatThrownBy(() -> QueryOptions.read(pairs("limit", "3", "order_by_fields", "price")))
        .hasMessageContaining("order_by_fields [price] is not supported yet");
  }

  @Test
  void aSearchNeedsALimitByEitherName() {
    assertThat(SearchOptions.read(pairs("limit", "3")).limit()).isEqualTo(3);
    assertThatThrownBy(() -> SearchOptions.read(pairs())).hasMessageContaining("topk is required");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0|0|should be greater than 0",
        "-5|0|should be greater than 0",
        "1|-1|should be gte than 0",
        "16385|0|should be in range [1, 16384]",
        "1|16384|but got 16385"
      })
  void badQueryWindowsAreRefused(String limit, String offset, String reason) {
    assertThatThrownBy(() -> QueryOptions.read(pairs("limit", limit, "offset", offset)))
        .hasMessageContaining(reason);
  }

  @Test
  void anEmptyMomentIsNotTakenForNow() {
    assertThatThrownBy(() -> QueryOptions.read(pairs("as_of", "")))
        .hasMessageContaining("as_of [] is invalid")
        .hasMessageContaining("leave it out to read what is there now");
  }

  @Test
  void aQueryWithoutALimitHasNoOffset() {
    assertThat(QueryOptions.read(pairs("offset", "7")))
        .isEqualTo(new QueryOptions(QueryOptions.NO_LIMIT, 0, false));
  }

  @Test
  void outputFieldsAreFieldsOrDynamicKeys() {
    OutputFields some =
        OutputFields.resolve(List.of("colour", "$meta[\"size\"]", " vec "), DYNAMIC, true);
    assertThat(some.fields())
        .extracting(FieldSchema::name)
        .containsExactlyInAnyOrder("$meta", "vec", "id");
    assertThat(some.names()).containsExactly("colour", "size", "vec", "id");
    assertThat(some.dynamicKeys()).containsExactlyInAnyOrder("colour", "size");

    OutputFields all = OutputFields.resolve(List.of("*", "colour"), DYNAMIC, false);
    assertThat(all.fields()).hasSize(3);
    assertThat(all.dynamicKeys()).isEmpty();

    assertThat(OutputFields.resolve(List.of(), PLAIN, false).fields()).isEmpty();
    assertThatThrownBy(() -> OutputFields.resolve(List.of("colour"), PLAIN, false))
        .hasMessageContaining("field colour not exist");
    assertThatThrownBy(() -> OutputFields.resolve(List.of("vec["), DYNAMIC, false))
        .hasMessageContaining("parse output field name failed");
  }

  @Test
  void dynamicValuesAreCutDownToTheWantedKeys() {
    byte[] document =
        "{\"a\":1.50,\"b\":{\"c\":[1,{\"d\":null}]},\"e\":12345678901234567890}"
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(
            new String(
                JsonDocuments.project(document, java.util.Set.of("a", "b")),
                java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("{\"a\":1.50,\"b\":{\"c\":[1,{\"d\":null}]}}");
    assertThat(
            new String(
                JsonDocuments.project(document, java.util.Set.of("e")),
                java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("{\"e\":12345678901234567890}");
  }

  private static ByteString group(PlaceholderType type, float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    PlaceholderValue value =
        PlaceholderValue.newBuilder()
            .setTag("$0")
            .setType(type)
            .addValues(ByteString.copyFrom(bytes))
            .build();
    return PlaceholderGroup.newBuilder().addPlaceholders(value).build().toByteString();
  }

  @Test
  void queryVectorsAreReadAndChecked() {
    FieldSchema field = PLAIN.field("vec").orElseThrow();
    assertThat(Placeholders.read(group(PlaceholderType.FloatVector, 1, 2), field))
        .singleElement()
        .isInstanceOfSatisfying(
            DenseQuery.class, query -> assertThat(query.values()).containsExactly(1, 2));
    assertThatThrownBy(() -> Placeholders.read(group(PlaceholderType.FloatVector, 1), field))
        .hasMessageContaining("vector dimension mismatch, expected vector size(byte) 8, actual 4");
    assertThatThrownBy(
            () -> Placeholders.read(group(PlaceholderType.FloatVector, 1, Float.NaN), field))
        .hasMessageContaining("has NaN at 1");
    assertThatThrownBy(() -> Placeholders.read(group(PlaceholderType.BinaryVector, 1, 2), field))
        .hasMessageContaining("BinaryVector");
    assertThatThrownBy(() -> Placeholders.read(ByteString.EMPTY, field))
        .hasMessageContaining("should be in range [1, 16384], but got 0");
    assertThatThrownBy(() -> Placeholders.read(ByteString.copyFromUtf8("\u0007garbage"), field))
        .hasMessageContaining("PlaceholderGroup");
    assertThatThrownBy(() -> Placeholders.checkQueries(16_385))
        .hasMessageContaining("but got 16385");
  }
}
