package io.tidemark.sql.search;

import io.milvus.grpc.FieldData;
import io.milvus.grpc.FloatArray;
import io.milvus.grpc.ScalarField;
import io.milvus.grpc.SearchResultData;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.jspecify.annotations.Nullable;

/** A search's answer as rows: the wanted columns, then the score as DOUBLE. Stateless. */
final class HitRows {
  private HitRows() {}

  /** The hits of each query, nearest first. */
  static List<Collection<RowData>> read(SearchResultData data, List<HitColumn> columns) {
    int hits = data.getScoresCount();
    List<IntFunction<@Nullable Object>> values = new ArrayList<>();
    for (HitColumn column : columns) {
      values.add(hits == 0 ? row -> null : values(field(data, column), column));
    }
    List<Collection<RowData>> queries = new ArrayList<>();
    int row = 0;
    for (long count : data.getTopksList()) {
      List<RowData> rows = new ArrayList<>((int) count);
      for (int i = 0; i < count; i++, row++) {
        GenericRowData hit = new GenericRowData(columns.size() + 1);
        for (int c = 0; c < columns.size(); c++) {
          hit.setField(c, values.get(c).apply(row));
        }
        hit.setField(columns.size(), (double) data.getScores(row));
        rows.add(hit);
      }
      queries.add(rows);
    }
    return queries;
  }

  private static FieldData field(SearchResultData data, HitColumn column) {
    for (FieldData field : data.getFieldsDataList()) {
      if (field.getFieldName().equals(column.name())) {
        return field;
      }
    }
    throw new TidemarkException(
        ErrorCode.UNEXPECTED, "the server's answer lacks field '" + column.name() + "'");
  }

  private static IntFunction<@Nullable Object> values(FieldData field, HitColumn column) {
    IntFunction<@Nullable Object> present = present(field, column);
    if (field.getValidDataCount() == 0) {
      return present;
    }
    // Scalars have a filler in a null's place, vectors nothing.
    int[] places = new int[field.getValidDataCount()];
    int place = 0;
    for (int row = 0; row < places.length; row++) {
      places[row] = column.type().isVector() ? place : row;
      place += field.getValidData(row) ? 1 : 0;
    }
    return row -> field.getValidData(row) ? present.apply(places[row]) : null;
  }

  private static IntFunction<@Nullable Object> present(FieldData field, HitColumn column) {
    ScalarField scalars = field.getScalars();
    return switch (column.type()) {
      case BOOL -> row -> scalars.getBoolData().getData(row);
      case INT8 -> row -> (byte) scalars.getIntData().getData(row);
      case INT16 -> row -> (short) scalars.getIntData().getData(row);
      case INT32 -> row -> scalars.getIntData().getData(row);
      case INT64 -> row -> scalars.getLongData().getData(row);
      case FLOAT -> row -> scalars.getFloatData().getData(row);
      case DOUBLE -> row -> scalars.getDoubleData().getData(row);
      case VARCHAR -> row -> StringData.fromString(scalars.getStringData().getData(row));
      case JSON -> row -> StringData.fromBytes(scalars.getJsonData().getData(row).toByteArray());
      case FLOAT_VECTOR -> row -> vector(field, row);
    };
  }

  private static GenericArrayData vector(FieldData field, int row) {
    FloatArray all = field.getVectors().getFloatVector();
    float[] vector = new float[(int) field.getVectors().getDim()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = all.getData(row * vector.length + i);
    }
    return new GenericArrayData(vector);
  }
}
