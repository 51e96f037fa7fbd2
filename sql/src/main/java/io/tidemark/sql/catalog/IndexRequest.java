package io.tidemark.sql.catalog;

import io.tidemark.connectors.client.CollectionCalls;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.sql.table.TidemarkOptions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.table.api.ValidationException;

/**
 * An index that a table's options ask for.
 *
 * @param metric empty for a field that is no vector
 */
record IndexRequest(String field, String type, String metric, Map<String, String> parameters) {
  IndexRequest {
    parameters = Map.copyOf(parameters);
  }

  /**
   * Every vector column has one, others if they ask for it.
   *
   * @throws ValidationException naming the option and what it may be
   */
  static Optional<IndexRequest> of(FieldSchema field, Map<String, String> options) {
    String typeOption = TidemarkOptions.INDEX_PREFIX + field.name();
    String paramsOption = TidemarkOptions.INDEX_PARAMS_PREFIX + field.name();
    String metricOption = TidemarkOptions.METRIC_PREFIX + field.name();
    String type = options.get(typeOption);
    Map<String, String> parameters = parameters(paramsOption, options.get(paramsOption));
    if (!field.type().isVector()) {
      if (options.containsKey(metricOption)) {
        throw new ValidationException(
            "option '"
                + metricOption
                + "' is given, but column '"
                + field.name()
                + "' is no vector");
      }
      if (type == null && !parameters.isEmpty()) {
        throw new ValidationException(
            "option '" + paramsOption + "' is given without '" + typeOption + "'");
      }
      return Optional.ofNullable(type)
          .map(given -> new IndexRequest(field.name(), given, "", parameters));
    }
    String given = options.get(metricOption);
    try {
      Metric metric = given == null ? Metric.ofVectors(field.type()) : Metric.parse(given);
      if (!IndexFamily.metricsOf(field.type()).contains(metric)) {
        throw TidemarkException.invalid(
            "metric type "
                + metric
                + " compares no "
                + field.type()
                + ", expected one of "
                + IndexFamily.metricsOf(field.type()));
      }
      return Optional.of(
          new IndexRequest(
              field.name(),
              IndexType.parse(type == null ? TidemarkOptions.INDEX.defaultValue() : type).name(),
              metric.name(),
              parameters));
    } catch (TidemarkException e) {
      throw new ValidationException("column '" + field.name() + "': " + e.getMessage(), e);
    }
  }

  private static Map<String, String> parameters(
      String option, @org.jspecify.annotations.Nullable String text) {
    Map<String, String> parameters = new TreeMap<>();
    if (text == null || text.isBlank()) {
      return parameters;
    }
    for (String pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new ValidationException(
            "option '"
                + option
                + "' is '"
                + text
                + "', expected pairs like 'M=16,efConstruction=200'");
      }
      parameters.put(pair.substring(0, equals).trim(), pair.substring(equals + 1).trim());
    }
    return parameters;
  }

  boolean isLike(IndexDefinition index) {
    return index.type().name().equals(type)
        && index.metric().name().equals(metric)
        && index.parameters().equals(parameters);
  }

  void create(CollectionCalls collections, String database, String collection) {
    collections.createIndex(database, collection, field, type, metric, parameters);
  }
}
