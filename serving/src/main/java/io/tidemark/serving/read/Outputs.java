package io.tidemark.serving.read;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.read.view.LiveSegment;
import io.tidemark.serving.read.view.Scattered;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gathers fields of found rows, column by column. Rows stay in the order given. */
final class Outputs {
  private final List<LiveSegment> segments;
  private final int[] segmentOf;
  private final int[] rowOf;

  /**
   * @param segmentOf per row, its segment's place in {@code segments}
   * @param rowOf per row, its ordinal there
   */
  Outputs(List<LiveSegment> segments, int[] segmentOf, int[] rowOf) {
    this.segments = segments;
    this.segmentOf = segmentOf;
    this.rowOf = rowOf;
  }

  Column of(FieldSchema field) {
    return rowOf.length == 0
        ? new ColumnBuilder(field).build()
        : Scattered.gather(
            segments.size(),
            segmentOf,
            rowOf,
            (source, rows) -> segments.get(source).rows().gather(field, rows));
  }

  /**
   * @throws TidemarkException FIELD_NOT_FOUND; INVALID_PARAMETER if it is too much for one answer
   */
  EntityBatch of(CollectionSchema schema, List<Integer> fieldIds) {
    List<FieldSchema> fields =
        fieldIds.stream()
            .map(id ->
                schema
                    .field(id)
                    .orElseThrow(() ->
                        new TidemarkException(
                            ErrorCode.FIELD_NOT_FOUND, "field not found[field=" + id + "]")))
            .toList();
    checkBytes(fields);
    Map<Integer, Column> columns = new TreeMap<>();
    fields.forEach(field -> columns.put(field.id(), of(field)));
    return new EntityBatch(rowOf.length, columns);
  }

  /** Before anything is gathered: vectors of many rows may be more than the heap. */
  private void checkBytes(List<FieldSchema> fields) {
    long row =
        fields.stream()
            .filter(field -> field.type().hasDimension())
            .mapToLong(field -> field.type().vectorBytes(field.dimension()))
            .sum();
    if (row * rowOf.length > ReadService.ANSWER_BYTES_MAX) {
      throw TidemarkException.invalid(
          "the vectors of "
              + rowOf.length
              + " rows have "
              + row * rowOf.length
              + " bytes, the limit is "
              + ReadService.ANSWER_BYTES_MAX
              + "; ask for fewer rows, queries or output fields");
    }
  }
}
