package io.tidemark.serving.read;

import io.tidemark.engine.filter.FilterParser;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What recall is to be measured of.
 *
 * @param field a vector field; empty for the only one
 * @param k hits of each search
 * @param queries stored rows to ask for, at most
 * @param seed of their choice
 * @param filter of the searches; empty for none
 * @param params of the searches, such as {@code ef}
 */
public record RecallRequest(
    CollectionInfo collection,
    String field,
    int k,
    int queries,
    long seed,
    String filter,
    Map<String, String> params) {
  public static final int K_MAX = 1_000;
  public static final int QUERIES_MAX = 10_000;

  private static final Duration WAIT = Duration.ofSeconds(10);

  /**
   * @throws TidemarkException INVALID_PARAMETER if k or the number of queries is out of range
   */
  public RecallRequest {
    params = Map.copyOf(params);
    check("k", k, K_MAX);
    check("queries", queries, QUERIES_MAX);
  }

  private static void check(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw TidemarkException.invalid(name + " is " + value + ", it must be from 1 to " + max);
    }
  }

  /**
   * The search of which all but the queries is said.
   *
   * @throws TidemarkException INVALID_PARAMETER for a field, filter or parameter that will not do
   */
  SearchCommand search() {
    FieldSchema vector = vector();
    IndexDefinition index =
        collection
            .indexOn(vector.id())
            .orElseThrow(() ->
                TidemarkException.invalid(
                    "field '"
                        + vector.name()
                        + "' of collection '"
                        + collection.name()
                        + "' has no index: create one first, since it says the metric"));
    return new SearchCommand(
        collection,
        vector.id(),
        index.metric(),
        List.of(),
        k,
        0,
        SearchParameters.parse(IndexFamilies.of(index.type()), params, index.metric(), k),
        FilterParser.parse(filter, collection.schema(), Map.of()),
        Set.of(),
        List.of(),
        1,
        false,
        WAIT,
        false,
        false);
  }

  private FieldSchema vector() {
    CollectionSchema schema = collection.schema();
    List<String> names = schema.vectorFields().stream().map(FieldSchema::name).toList();
    if (field.isEmpty() && names.size() > 1) {
      throw TidemarkException.invalid(
          "collection '" + collection.name() + "' has several vector fields, give one of " + names);
    }
    String name = field.isEmpty() ? names.getFirst() : field;
    return schema
        .field(name)
        .filter(found -> found.type().isVector())
        .orElseThrow(() ->
            TidemarkException.invalid(
                "'"
                    + name
                    + "' is no vector field of '"
                    + collection.name()
                    + "', give one of "
                    + names));
  }
}
