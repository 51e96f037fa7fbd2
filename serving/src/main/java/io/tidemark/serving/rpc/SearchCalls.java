package io.tidemark.serving.rpc;

import io.milvus.grpc.SearchRequest;
import io.milvus.grpc.SearchResultData;
import io.milvus.grpc.SearchResults;
import io.tidemark.engine.filter.FilterParser;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.read.SearchAnswer;
import io.tidemark.serving.read.SearchCommand;
import io.tidemark.serving.read.travel.AsOf;
import io.tidemark.serving.wire.Explanations;
import io.tidemark.serving.wire.FieldDataWriter;
import io.tidemark.serving.wire.Keys;
import io.tidemark.serving.wire.OutputFields;
import io.tidemark.serving.wire.Placeholders;
import io.tidemark.serving.wire.ProtocolLimits;
import io.tidemark.serving.wire.Reasons;
import io.tidemark.serving.wire.SearchOptions;
import io.tidemark.serving.wire.Statuses;
import io.tidemark.serving.wire.TemplateValues;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Vector search. */
final class SearchCalls {
  private final ReadTargets targets;
  private final Guarantees guarantees;
  private final ReadService read;

  SearchCalls(ReadTargets targets, Guarantees guarantees, ReadService read) {
    this.targets = targets;
    this.guarantees = guarantees;
    this.read = read;
  }

  void register(MethodTable methods) {
    methods.add(
        "Search",
        SearchRequest.getDefaultInstance(),
        SearchResults.getDefaultInstance(),
        this::search);
  }

  private SearchResults search(SearchRequest request, Call call) {
    // First of all, so that what is acknowledged before the request is seen by it.
    long strong = guarantees.strong();
    refuseUnsupported(request);
    CollectionInfo info =
        targets.named(call.database(request.getDbName()), request.getCollectionName());
    SearchOptions options = SearchOptions.read(request.getSearchParamsList());
    Optional<AsOf> asOf = ReadTargets.asOf(options.asOf(), travelTimestamp(request));
    targets.requireReadable(info, asOf);
    FieldSchema field = field(info.schema(), options.field());
    Metric metric = metric(info, field, options.metric());
    List<QueryVector> queries = Placeholders.read(request.getPlaceholderGroup(), field);
    checkHits(queries.size(), options.limit());
    OutputFields outputs =
        OutputFields.resolve(request.getOutputFieldsList(), info.schema(), false);
    long guarantee =
        guarantees.of(
            info,
            request.getUseDefaultConsistency(),
            request.getConsistencyLevelValue(),
            request.getGuaranteeTimestamp(),
            strong);
    SearchCommand command =
        new SearchCommand(
            info,
            field.id(),
            metric,
            queries,
            options.limit(),
            options.offset(),
            SearchParameters.parse(
                family(info, field), options.index(), metric, options.limit() + options.offset()),
            FilterParser.parse(
                request.getDsl(),
                info.schema(),
                TemplateValues.read(request.getExprTemplateValuesMap())),
            ReadTargets.partitions(info, request.getPartitionNamesList()),
            outputs.ids(),
            guarantee,
            options.ignoreGrowing(),
            call.timeout(),
            options.exact(),
            options.explain());
    SearchAnswer answer =
        asOf.map(time -> read.search(command, time)).orElseGet(() -> read.search(command));
    return SearchResults.newBuilder()
        .setStatus(answer.explanation().map(Explanations::ok).orElseGet(Statuses::ok))
        .setCollectionName(info.name())
        .setSessionTs(answer.readTimestamp())
        .setResults(results(info, outputs, answer, options))
        .build();
  }

  @SuppressWarnings("deprecation") // Older clients still send it.
  private static long travelTimestamp(SearchRequest request) {
    return request.getTravelTimestamp();
  }

  private static void refuseUnsupported(SearchRequest request) {
    if (request.hasIds()) {
      throw Reasons.notSupportedYet("search by primary keys");
    }
    if (request.getFunctionScore().getFunctionsCount() > 0) {
      throw Reasons.notSupportedYet("reranking (function_score)");
    }
    if (request.hasHighlighter()) {
      throw Reasons.notSupportedYet("highlighting");
    }
    if (request.getSubReqsCount() > 0) {
      throw Reasons.notSupportedYet("several searches in one (sub_reqs)");
    }
  }

  private static IndexFamily family(CollectionInfo info, FieldSchema field) {
    return IndexFamilies.of(
        info.indexOn(field.id()).map(IndexDefinition::type).orElse(IndexType.AUTOINDEX));
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

  private static Metric metric(CollectionInfo info, FieldSchema field, String expected) {
    IndexDefinition index =
        info.indexOn(field.id())
            .orElseThrow(() -> Reasons.indexNotFound("[fieldName=" + field.name() + "]"));
    if (!expected.isBlank() && !expected.trim().equalsIgnoreCase(index.metric().name())) {
      throw Reasons.invalid(index.metric(), expected, "metric type not match");
    }
    return index.metric();
  }

  private static void checkHits(int queries, int limit) {
    if ((long) queries * limit > ProtocolLimits.HITS_MAX) {
      throw TidemarkException.invalid(
          "nq "
              + queries
              + " times topk "
              + limit
              + " is "
              + (long) queries * limit
              + ", the limit is "
              + ProtocolLimits.HITS_MAX
              + ", search in several requests");
    }
  }

  private static SearchResultData results(
      CollectionInfo info, OutputFields outputs, SearchAnswer answer, SearchOptions options) {
    int[] counts = answer.counts();
    SearchResultData.Builder results =
        SearchResultData.newBuilder()
            .setNumQueries(counts.length)
            .setTopK(Arrays.stream(counts).max().orElse(0))
            .setIds(Keys.toIds(answer.keys()))
            .addAllOutputFields(outputs.names())
            .setPrimaryFieldName(info.schema().primaryKey().name());
    for (int count : counts) {
      results.addTopks(count);
    }
    for (float score : answer.scores()) {
      results.addScores(rounded(score, options.roundDecimal()));
    }
    for (FieldSchema field : outputs.fields()) {
      Column column =
          answer
              .outputs()
              .column(field.id())
              .orElseGet(() ->
                  ColumnBuilder.constant(field, field.defaultValue(), answer.outputs().size()));
      results.addFieldsData(FieldDataWriter.write(field, column, outputs.dynamicKeys()));
    }
    return results.build();
  }

  /** As Milvus: half up, away from the decimals that are too many. */
  static float rounded(float score, int decimals) {
    if (decimals < 0) {
      return score;
    }
    double factor = Math.pow(10, decimals);
    return (float) (Math.floor(score * factor + 0.5) / factor);
  }
}
