package io.tidemark.sql.search;

import io.milvus.grpc.SearchResultData;
import io.tidemark.connectors.row.FieldDataReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;

/** A search's answer as rows: the wanted columns, then the score as DOUBLE. Stateless. */
final class HitRows {
  private HitRows() {}

  /** The hits of each query, nearest first. */
  static List<Collection<RowData>> read(SearchResultData data, FieldDataReader columns) {
    int score = columns.columns().size();
    // An answer without hits has no fields either.
    IntFunction<GenericRowData> hits =
        data.getScoresCount() == 0
            ? GenericRowData::new
            : columns.rows(data.getFieldsDataList(), 1);
    List<Collection<RowData>> queries = new ArrayList<>();
    int row = 0;
    for (long count : data.getTopksList()) {
      List<RowData> rows = new ArrayList<>((int) count);
      for (int i = 0; i < count; i++, row++) {
        GenericRowData hit = hits.apply(row);
        hit.setField(score, (double) data.getScores(row));
        rows.add(hit);
      }
      queries.add(rows);
    }
    return queries;
  }
}
