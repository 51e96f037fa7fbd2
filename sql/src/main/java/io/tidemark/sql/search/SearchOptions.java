package io.tidemark.sql.search;

import io.tidemark.model.collection.ConsistencyLevel;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/**
 * Options of VECTOR_SEARCH. A table's option holds for all its searches; a query overrules it in
 * the function's config map, where the names have no {@value #PREFIX} before them.
 */
public final class SearchOptions {
  static final String PREFIX = "search.";

  public static final ConfigOption<String> FILTER =
      ConfigOptions.key("search.filter")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Only rows that pass this filter, in Milvus's language, such as 'year > 2000'.");

  public static final ConfigOption<String> PARAMS =
      ConfigOptions.key("search.params")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Search parameters, such as 'ef=128' or, for a range, 'radius=0.5,range_filter=0.9'.");

  public static final ConfigOption<ConsistencyLevel> CONSISTENCY =
      ConfigOptions.key("search.consistency")
          .enumType(ConsistencyLevel.class)
          .noDefaultValue()
          .withDescription("Consistency of searches; the collection's unless given.");

  public static final ConfigOption<String> PARTITIONS =
      ConfigOptions.key("search.partitions")
          .stringType()
          .defaultValue("")
          .withDescription("Names of partitions to search, between commas; all unless given.");

  public static final ConfigOption<String> AS_OF =
      ConfigOptions.key("search.as-of")
          .stringType()
          .defaultValue("")
          .withDescription("Search the collection as of a time gone by, or of a named snapshot.");

  public static final ConfigOption<Integer> BATCH_SIZE =
      ConfigOptions.key("search.batch-size")
          .intType()
          .defaultValue(64)
          .withDescription(
              "Query vectors of asynchronous searches that share a request at most, 1 to 1024.");

  public static final ConfigOption<Integer> REQUESTS =
      ConfigOptions.key("search.requests")
          .intType()
          .defaultValue(2)
          .withDescription(
              "Requests under way at a time for each parallel instance, 1 to 64; queries that come"
                  + " while so many are share the next.");

  private SearchOptions() {}
}
