package io.tidemark.serving.rpc;

import io.milvus.grpc.SearchRequest;
import io.tidemark.engine.filter.FilterParser;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.read.SearchCommand;
import io.tidemark.serving.wire.Placeholders;
import io.tidemark.serving.wire.ProtocolLimits;
import io.tidemark.serving.wire.Reasons;
import io.tidemark.serving.wire.SearchOptions;
import io.tidemark.serving.wire.TemplateValues;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What all searches of one request have in common; makes commands of them.
 *
 * @param ignoreGrowing whether all do, whatever they say
 */
record SearchScope(
    CollectionInfo info,
    Set<String> partitions,
    List<Integer> outputFields,
    long guarantee,
    boolean ignoreGrowing,
    Duration timeout) {
  /**
   * @param request for its query vectors and filter
   * @param options of its parameters
   * @throws TidemarkException 1100 for what is wrong with the schema, 700 for a field without an
   *     index
   */
  SearchCommand command(SearchRequest request, SearchOptions options) {
    FieldSchema field = field(info.schema(), options.field());
    Metric metric = metric(field, options.metric());
    return new SearchCommand(
        info,
        field.id(),
        metric,
        Placeholders.read(request.getPlaceholderGroup(), field).stream()
            .map(query ->
                info.indexOn(field.id()).map(on -> IndexFamilies.query(query, on)).orElse(query))
            .toList(),
        options.limit(),
        options.offset(),
        SearchParameters.parse(
            family(field), options.index(), metric, options.limit() + options.offset()),
        FilterParser.parse(
            request.getDsl(),
            info.schema(),
            TemplateValues.read(request.getExprTemplateValuesMap())),
        partitions,
        outputFields,
        guarantee,
        ignoreGrowing || options.ignoreGrowing(),
        timeout,
        options.exact(),
        options.explain());
  }

  /** To be called before anything else of the request is looked at. */
  static void refuseUnsupported(SearchRequest request) {
    if (request.hasIds()) {
      throw Reasons.notSupportedYet("search by primary keys");
    }
    if (request.getFunctionScore().getFunctionsCount() > 0) {
      throw Reasons.notSupportedYet("reranking (function_score) of one search");
    }
    if (request.hasHighlighter()) {
      throw Reasons.notSupportedYet("highlighting");
    }
    if (request.getSubReqsCount() > 0) {
      throw Reasons.notSupportedYet("several searches in one Search (sub_reqs, not HybridSearch)");
    }
  }

  private static FieldSchema field(CollectionSchema schema, String name) {
    if (!name.isEmpty()) {
      FieldSchema field =
          schema
              .field(name)
              .orElseThrow(() ->
                  TidemarkException.invalid(
                      "failed to get field schema by name: fieldName(" + name + ") not found"));
      if (!field.type().isVector()) {
        throw TidemarkException.invalid(
            "field (" + name + ") to search is not of vector data type");
      }
      return field;
    }
    List<FieldSchema> vectors = schema.vectorFields();
    if (vectors.size() > 1) {
      throw TidemarkException.invalid(
          "multiple anns_fields exist, please specify a anns_field in search_params, one of "
              + vectors.stream().map(FieldSchema::name).toList());
    }
    return vectors.getFirst();
  }

  private Metric metric(FieldSchema field, String expected) {
    IndexDefinition index =
        info.indexOn(field.id())
            .orElseThrow(() -> Reasons.indexNotFound("[fieldName=" + field.name() + "]"));
    if (!expected.isBlank() && !expected.trim().equalsIgnoreCase(index.metric().name())) {
      throw Reasons.invalid(index.metric(), expected, "metric type not match");
    }
    return index.metric();
  }

  private IndexFamily family(FieldSchema field) {
    return IndexFamilies.of(
        info.indexOn(field.id()).map(IndexDefinition::type).orElse(IndexType.AUTOINDEX));
  }

  /**
   * Bounds the memory that the hits of a request take.
   *
   * @throws TidemarkException 1100
   */
  static void checkHits(List<SearchCommand> searches) {
    long hits =
        searches.stream()
            .mapToLong(
                search -> (long) search.queries().size() * (search.limit() + search.offset()))
            .sum();
    if (hits > ProtocolLimits.HITS_MAX) {
      SearchCommand first = searches.getFirst();
      throw TidemarkException.invalid(
          "nq "
              + first.queries().size()
              + " times topk "
              + (searches.size() == 1
                  ? first.limit() + (first.offset() == 0 ? "" : " and offset " + first.offset())
                  : "of " + searches.size() + " searches")
              + " is "
              + hits
              + ", the limit is "
              + ProtocolLimits.HITS_MAX
              + ", search in several requests");
    }
  }
}
