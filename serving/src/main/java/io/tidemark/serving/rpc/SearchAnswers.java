package io.tidemark.serving.rpc;

import io.milvus.grpc.SearchResultData;
import io.milvus.grpc.SearchResults;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.read.SearchAnswer;
import io.tidemark.serving.wire.Explanations;
import io.tidemark.serving.wire.FieldDataWriter;
import io.tidemark.serving.wire.Keys;
import io.tidemark.serving.wire.OutputFields;
import io.tidemark.serving.wire.Statuses;
import java.util.Arrays;

/** Answers of searches as messages. Stateless. */
final class SearchAnswers {
  private SearchAnswers() {}

  /**
   * @param roundDecimal decimals of the scores, -1 for all
   */
  static SearchResults write(
      CollectionInfo info, OutputFields outputs, SearchAnswer answer, int roundDecimal) {
    return SearchResults.newBuilder()
        .setStatus(answer.explanation().map(Explanations::ok).orElseGet(Statuses::ok))
        .setCollectionName(info.name())
        .setSessionTs(answer.readTimestamp())
        .setResults(results(info, outputs, answer, roundDecimal))
        .build();
  }

  private static SearchResultData results(
      CollectionInfo info, OutputFields outputs, SearchAnswer answer, int roundDecimal) {
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
      results.addScores(rounded(score, roundDecimal));
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
