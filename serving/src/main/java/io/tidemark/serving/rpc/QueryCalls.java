package io.tidemark.serving.rpc;

import io.milvus.grpc.QueryRequest;
import io.milvus.grpc.QueryResults;
import io.tidemark.engine.filter.Filter;
import io.tidemark.engine.filter.FilterParser;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.read.QueryAnswer;
import io.tidemark.serving.read.QueryCommand;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.read.travel.AsOf;
import io.tidemark.serving.wire.FieldDataWriter;
import io.tidemark.serving.wire.OutputFields;
import io.tidemark.serving.wire.QueryOptions;
import io.tidemark.serving.wire.Statuses;
import io.tidemark.serving.wire.TemplateValues;
import java.util.List;
import java.util.Optional;

/** Queries by filter or primary keys, and counts. */
final class QueryCalls {
  private static final String COUNT = "count(*)";

  private final ReadTargets targets;
  private final Guarantees guarantees;
  private final ReadService read;

  QueryCalls(ReadTargets targets, Guarantees guarantees, ReadService read) {
    this.targets = targets;
    this.guarantees = guarantees;
    this.read = read;
  }

  void register(MethodTable methods) {
    methods.add(
        "Query", QueryRequest.getDefaultInstance(), QueryResults.getDefaultInstance(), this::query);
  }

  private QueryResults query(QueryRequest request, Call call) {
    long strong = guarantees.strong();
    CollectionInfo info =
        targets.named(call.database(request.getDbName()), request.getCollectionName());
    QueryOptions options = QueryOptions.read(request.getQueryParamsList());
    Optional<AsOf> asOf = ReadTargets.asOf(options.asOf(), travelTimestamp(request));
    targets.requireReadable(info, asOf);
    Filter filter =
        FilterParser.parse(
            request.getExpr(),
            info.schema(),
            TemplateValues.read(request.getExprTemplateValuesMap()));
    boolean count = isCount(request.getOutputFieldsList(), options);
    if (!count && request.getExpr().isBlank() && options.limit() == QueryOptions.NO_LIMIT) {
      throw TidemarkException.invalid("empty expression should be used with limit");
    }
    OutputFields outputs =
        OutputFields.resolve(
            count ? List.of() : request.getOutputFieldsList(), info.schema(), !count);
    long guarantee =
        guarantees.of(
            info,
            request.getUseDefaultConsistency(),
            request.getConsistencyLevelValue(),
            request.getGuaranteeTimestamp(),
            strong);
    QueryCommand command =
        new QueryCommand(
            info,
            filter,
            ReadTargets.partitions(info, request.getPartitionNamesList()),
            outputs.ids(),
            options.limit(),
            options.offset(),
            count,
            guarantee,
            options.ignoreGrowing(),
            call.timeout());
    QueryAnswer answer =
        asOf.map(time -> read.query(command, time)).orElseGet(() -> read.query(command));
    QueryResults.Builder results =
        QueryResults.newBuilder()
            .setStatus(Statuses.ok())
            .setCollectionName(info.name())
            .setPrimaryFieldName(info.schema().primaryKey().name())
            .setSessionTs(answer.readTimestamp());
    if (count) {
      return results
          .addOutputFields(COUNT)
          .addFieldsData(FieldDataWriter.count(COUNT, answer.count()))
          .build();
    }
    results.addAllOutputFields(outputs.names());
    for (FieldSchema field : outputs.fields()) {
      Column column =
          answer
              .rows()
              .column(field.id())
              .orElseGet(
                  () -> ColumnBuilder.constant(field, field.defaultValue(), answer.rows().size()));
      results.addFieldsData(FieldDataWriter.write(field, column, outputs.dynamicKeys()));
    }
    return results.build();
  }

  @SuppressWarnings("deprecation") // Older clients still send it.
  private static long travelTimestamp(QueryRequest request) {
    return request.getTravelTimestamp();
  }

  private static boolean isCount(List<String> outputFields, QueryOptions options) {
    boolean count =
        outputFields.stream().anyMatch(name -> name.replace(" ", "").equalsIgnoreCase(COUNT));
    if (count && outputFields.size() > 1) {
      throw TidemarkException.invalid(
          "count(*) is the only output field allowed beside none, but got " + outputFields);
    }
    if (count && options.limit() != QueryOptions.NO_LIMIT) {
      throw TidemarkException.invalid("count entities with pagination is not allowed");
    }
    return count;
  }
}
