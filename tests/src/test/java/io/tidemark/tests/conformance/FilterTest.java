package io.tidemark.tests.conformance;

import static io.tidemark.tests.conformance.Fields.autoIndex;
import static io.tidemark.tests.conformance.Fields.dynamic;
import static io.tidemark.tests.conformance.Fields.int64Key;
import static io.tidemark.tests.conformance.Fields.nullable;
import static io.tidemark.tests.conformance.Fields.schema;
import static io.tidemark.tests.conformance.Fields.text;
import static io.tidemark.tests.conformance.Fields.vector;
import static io.tidemark.tests.conformance.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.tidemark.tests.process.SharedTidemark;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter language over five rows, two of them committed; row 5 is null wherever it can be. */
@ExtendWith(SharedTidemark.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FilterTest {
  private TestCollection rows;

  @BeforeAll
  void insert(MilvusClientV2 client) {
    rows =
        TestCollection.create(
            client,
            dynamic(
                schema(
                    int64Key("id"),
                    vector("v", 2),
                    nullable(Fields.of("flag", DataType.Bool)),
                    nullable(Fields.of("i8", DataType.Int8)),
                    nullable(Fields.of("i16", DataType.Int16)),
                    nullable(Fields.of("i32", DataType.Int32)),
                    nullable(Fields.of("i64", DataType.Int64)),
                    nullable(Fields.of("f32", DataType.Float)),
                    nullable(Fields.of("f64", DataType.Double)),
                    nullable(text("name", 40)),
                    nullable(Fields.of("doc", DataType.JSON)))),
            autoIndex("v", MetricType.L2));
    add(1, true, -5, 1.5, "apple", "{'k': 1, 'tags': ['a', 'b'], 'n': {'d': 'x'}}", "red");
    add(2, false, 0, 2.5, "apricot", "{'k': 2.5, 'tags': ['b'], 'n': {'d': 'y'}}", "red");
    rows.flush();
    add(3, true, 7, -1.0, "b_nana%", "{'k': 'three', 'tags': [], 'list': [10, 20]}", "blue");
    add(4, false, 31, 0.0, "größe 雪", "{'k': true, 'tags': ['a', 1, 'c']}", "blue");
    rows.insert(Row.of("id", 5L, "v", new float[] {5, 5}));
  }

  private void add(
      long id, boolean flag, int number, double real, String name, String doc, String colour) {
    rows.insert(
        Row.of(
            "id",
            id,
            "v",
            new float[] {id, id},
            "flag",
            flag,
            "i8",
            number,
            "i16",
            number * 100,
            "i32",
            number * 1_000_000,
            "i64",
            number * 10_000_000_000L,
            "f32",
            (float) real,
            "f64",
            real,
            "name",
            name,
            "doc",
            JsonParser.parseString(doc.replace('\'', '"')),
            "colour",
            colour,
            "weight",
            id * 1.5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        // comparisons of each type
        "id == 3                                     # 3",
        "id != 3                                     # 1 2 4 5",
        "i8 > 0                                      # 3 4",
        "i8 >= 0                                     # 2 3 4",
        "i16 < 0                                     # 1",
        "i32 <= 7000000                              # 1 2 3",
        "i64 == 310000000000                         # 4",
        "i64 != 0                                    # 1 3 4",
        "f32 > 1.4                                   # 1 2",
        "f64 == 2.5                                  # 2",
        "f64 < 0                                     # 3",
        "f64 >= -1                                   # 1 2 3 4",
        "flag == true                                # 1 3",
        "flag != true                                # 2 4",
        "name == 'apple'                             # 1",
        "name == \"größe 雪\"                         # 4",
        "name > 'apq'                                # 2 3 4",
        "3 < id                                      # 4 5",
        "1 < id <= 4                                 # 2 3 4",
        "5 > id >= 3                                 # 3 4",
        "-6 < i8 < 1                                 # 1 2",
        "i8 == 0x1F                                  # 4",
        "i8 == 0b111                                 # 3",
        "i8 == 037                                   # 4",
        // columns against columns
        "f64 > f32                                   # ``",
        "i16 > i8                                    # 3 4",
        // sets
        "id in [1, 4, 9]                             # 1 4",
        "id not in [1, 4]                            # 2 3 5",
        "name in ['apple', 'pear']                   # 1",
        "i8 not in [0, 7]                            # 1 4",
        "f64 in [1.5, 0.0]                           # 1 4",
        "id in []                                    # ``",
        // text
        "name like 'ap%'                             # 1 2",
        "name like '%e'                              # 1",
        "name like '%p%'                             # 1 2",
        "name like 'a%l%'                            # 1",
        "name like '_pple'                           # 1",
        "name like 'b\\\\_nana\\\\%'                 # 3",
        "name like '%雪'                              # 4",
        "not (name like 'ap%')                       # 3 4",
        // arithmetic
        "i8 + 1 == 8                                 # 3",
        "i8 - 1 > 0                                  # 3 4",
        "i8 * 2 == 14                                # 3",
        "id % 2 == 0                                 # 2 4",
        "f64 / 2 == 1.25                             # 2",
        "id == 2 ** 2                                # 4",
        "id == 1 + 1                                 # 2",
        // logic, precedence, both spellings
        "flag == true and i8 > 0                     # 3",
        "flag == true && i8 > 0                      # 3",
        "FLAG_IS_DYNAMIC == 1 OR id == 2             # 2",
        "id == 1 or id == 2 and flag == true         # 1",
        "(id == 1 or id == 2) and flag == true       # 1",
        "(id == 1 || id == 2) && flag == false       # 2",
        "not (id > 2)                                # 1 2",
        "!(id > 2)                                   # 1 2",
        "NOT (id > 2) AND id IN [2, 3]               # 2",
        // nulls
        "i8 is null                                  # 5",
        "i8 is not null                              # 1 2 3 4",
        "name is null and flag is null               # 5",
        "IS_NOT_A_FIELD == 1 or name IS NULL         # 5",
        "doc is null                                 # 5",
        "not (i8 > 0)                                # 1 2",
        "i8 > 0 or i8 <= 0                           # 1 2 3 4",
        "i8 > 0 or id > 0                            # 1 2 3 4 5",
        "flag == true or flag == false               # 1 2 3 4",
        // JSON
        "doc['k'] == 1                               # 1",
        "doc['k'] > 0                                # 1 2",
        "doc['k'] == 2.5                             # 2",
        "doc['k'] == 'three'                         # 3",
        "doc['k'] == true                            # 4",
        "doc['k'] in [1, 2.5]                        # 1 2",
        "doc['n']['d'] == 'x'                        # 1",
        "doc['n']['d'] like 'y%'                     # 2",
        "doc['list'][0] == 10                        # 3",
        "doc['tags'][1] == 'b'                       # 1",
        "exists doc['n']                             # 1 2",
        "doc is not null and not exists doc['list']  # 1 2 4",
        "json_contains(doc['tags'], 'a')             # 1 4",
        "JSON_CONTAINS(doc['tags'], 1)               # 4",
        "json_contains_all(doc['tags'], ['a', 'b'])  # 1",
        "json_contains_any(doc['tags'], ['b','c'])   # 1 2 4",
        // dynamic keys
        "colour == 'red'                             # 1 2",
        "$meta['colour'] == 'blue'                   # 3 4",
        "weight > 2.9                                # 2 3 4",
        "exists colour                               # 1 2 3 4",
        "colour in ['blue', 'green']                 # 3 4",
        "colour like 'r%'                            # 1 2",
      })
  void aFilterPicksItsRows(String filter, String expected) {
    List<Long> ids =
        expected.isEmpty()
            ? List.of()
            : Arrays.stream(expected.split(" ")).map(Long::valueOf).toList();
    assertThat(rows.ids(filter)).as(filter).isEqualTo(ids);
    assertThat(
            TestCollection.idsOf(
                rows.hits(rows.search(new float[] {0, 0}).limit(10).filter(filter))))
        .as("the same in a search: %s", filter)
        .isEqualTo(ids);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id >",
        "id = 5",
        "id == 5 and",
        "i8 > 6.5",
        "(id == 5",
        "id == 5)",
        "id == 'five'",
        "name > 5",
        "name == 5",
        "flag == 'yes'",
        "i8 like 'a%'",
        "name + 1 == 2",
        "id in 5",
        "id in [1, 'two']",
        "id between 1 and 2",
        "no_function(id)",
        "id == {missing}",
        "name == 'open",
        "v == 1",
        "json_contains(name, 'a')",
        ";",
        "id == 1; drop",
      })
  void aBadFilterIsRefused(String filter) {
    assertRefused(1100, () -> rows.ids(filter));
    assertRefused(1100, () -> rows.hits(rows.search(new float[] {0, 0}).limit(1).filter(filter)));
  }
}
