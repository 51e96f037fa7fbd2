package io.tidemark.sql.search;

import io.tidemark.model.collection.ConsistencyLevel;
import java.io.Serializable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.jspecify.annotations.Nullable;

/**
 * How searches are done, checked.
 *
 * @param filter empty for none
 * @param params as they go to the server
 * @param consistency null for the collection's
 * @param partitions empty for all
 */
record SearchSettings(
    String filter,
    Map<String, String> params,
    @Nullable ConsistencyLevel consistency,
    List<String> partitions,
    int batchMax,
    int requestsMax)
    implements Serializable {
  private static final int BATCH_LIMIT = 1024;
  private static final int REQUESTS_LIMIT = 64;

  private static final List<ConfigOption<?>> OPTIONS =
      List.of(
          SearchOptions.FILTER,
          SearchOptions.PARAMS,
          SearchOptions.CONSISTENCY,
          SearchOptions.PARTITIONS,
          SearchOptions.AS_OF,
          SearchOptions.BATCH_SIZE,
          SearchOptions.REQUESTS);

  /** Read by Flink itself. */
  private static final Set<String> OF_FLINK =
      Set.of("async", "output-mode", "max-concurrent-operations", "timeout");

  /** Said by the query itself. */
  private static final Set<String> OF_THE_QUERY =
      Set.of("topk", "limit", "anns_field", "offset", "params");

  SearchSettings {
    params = Map.copyOf(params);
    partitions = List.copyOf(partitions);
    check("search.batch-size", batchMax, BATCH_LIMIT);
    check("search.requests", requestsMax, REQUESTS_LIMIT);
  }

  private static void check(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw new ValidationException("'" + option + "' is " + value + ", expected 1 to " + max);
    }
  }

  /**
   * @param config the function's config map, whose keys lack {@code search.}
   * @throws ValidationException for a key that means nothing, or a value that is none
   */
  static SearchSettings of(ReadableConfig table, ReadableConfig config) {
    Map<String, String> given =
        config instanceof Configuration map ? new HashMap<>(map.toMap()) : new HashMap<>();
    Configuration query = new Configuration();
    for (ConfigOption<?> option : OPTIONS) {
      String value = given.remove(option.key().substring(SearchOptions.PREFIX.length()));
      if (value != null) {
        query.setString(option.key(), value);
      }
    }
    given.keySet().removeAll(OF_FLINK);
    if (!given.isEmpty()) {
      throw new ValidationException(
          "VECTOR_SEARCH has no config "
              + new TreeSet<>(given.keySet())
              + ", expected some of "
              + Stream.concat(
                      OPTIONS.stream().map(o -> o.key().substring(SearchOptions.PREFIX.length())),
                      OF_FLINK.stream())
                  .sorted()
                  .toList()
              + "; parameters of the search go into 'params', such as 'ef=128'");
    }
    try {
      return of(new Layered(query, table));
    } catch (IllegalArgumentException e) {
      throw new ValidationException(e.getMessage(), e);
    }
  }

  private static SearchSettings of(Layered options) {
    Map<String, String> params = parameters(options.get(SearchOptions.PARAMS));
    String asOf = options.get(SearchOptions.AS_OF);
    if (!asOf.isBlank()) {
      params.put("as_of", asOf);
    }
    return new SearchSettings(
        options.get(SearchOptions.FILTER),
        params,
        options.orNull(SearchOptions.CONSISTENCY),
        Stream.of(options.get(SearchOptions.PARTITIONS).split(","))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .toList(),
        options.get(SearchOptions.BATCH_SIZE),
        options.get(SearchOptions.REQUESTS));
  }

  /** {@code ef=128,radius=0.5} as a map. */
  static Map<String, String> parameters(String text) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : text.split(",")) {
      if (pair.isBlank()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : pair.substring(0, equals).strip();
      if (name.isEmpty()) {
        throw new ValidationException(
            "search parameter '" + pair.strip() + "' is no name=value; write 'ef=128,radius=0.5'");
      }
      if (OF_THE_QUERY.contains(name)) {
        throw new ValidationException(
            "search parameter '" + name + "' is said by the query's own arguments; leave it out");
      }
      parameters.put(name, pair.substring(equals + 1).strip());
    }
    return parameters;
  }

  /** The same with more parameters, which overrule, and another filter. */
  SearchSettings with(String otherFilter, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(params);
    all.putAll(more);
    return new SearchSettings(otherFilter, all, consistency, partitions, batchMax, requestsMax);
  }

  private record Layered(ReadableConfig first, ReadableConfig second) {
    <T> T get(ConfigOption<T> option) {
      return first.getOptional(option).orElseGet(() -> second.get(option));
    }

    <T> @Nullable T orNull(ConfigOption<T> option) {
      return first.getOptional(option).or(() -> second.getOptional(option)).orElse(null);
    }
  }
}
