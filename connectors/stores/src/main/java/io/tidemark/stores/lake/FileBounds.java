package io.tidemark.stores.lake;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** What a data file's column bounds say of all its rows. */
final class FileBounds {
  private FileBounds() {}

  /** The value that every row has in {@code column}, if the bounds prove that there is just one. */
  static Optional<Object> only(Table table, DataFile file, String column) {
    NestedField field = table.schema().findField(column);
    if (field == null) {
      return Optional.empty();
    }
    ByteBuffer lower = get(file.lowerBounds(), field);
    ByteBuffer upper = get(file.upperBounds(), field);
    Long nulls = get(file.nullValueCounts(), field);
    if (lower == null || !lower.equals(upper) || nulls == null || nulls != 0) {
      return Optional.empty();
    }
    return Optional.of(Conversions.fromByteBuffer(field.type(), lower));
  }

  /** The largest value in {@code column}, if the bounds tell it; nulls do not count. */
  static Optional<Object> upper(Table table, DataFile file, String column) {
    NestedField field = table.schema().findField(column);
    ByteBuffer upper = field == null ? null : get(file.upperBounds(), field);
    return upper == null || field == null
        ? Optional.empty()
        : Optional.of(Conversions.fromByteBuffer(field.type(), upper));
  }

  /** Whether it is known that no row has null in {@code column}. */
  static boolean noneNull(Table table, DataFile file, String column) {
    NestedField field = table.schema().findField(column);
    Long nulls = field == null ? null : get(file.nullValueCounts(), field);
    return nulls != null && nulls == 0;
  }

  /** Whether every row has null in {@code column}. */
  static boolean allNull(Table table, DataFile file, String column) {
    NestedField field = table.schema().findField(column);
    if (field == null) {
      return true;
    }
    Long values = get(file.valueCounts(), field);
    Long nulls = get(file.nullValueCounts(), field);
    return values != null && values.equals(nulls);
  }

  /**
   * The share of values in a long column that are smaller than {@code limit}, as if they lay evenly
   * between the bounds; all of them as {@code ofNulls} if the file has none or no bounds.
   */
  static double shareBelow(Table table, DataFile file, String column, long limit, long ofNulls) {
    NestedField field = table.schema().findField(column);
    ByteBuffer lower = field == null ? null : get(file.lowerBounds(), field);
    ByteBuffer upper = field == null ? null : get(file.upperBounds(), field);
    if (field == null || lower == null || upper == null) {
      return ofNulls < limit ? 1 : 0;
    }
    long first = (Long) Conversions.fromByteBuffer(field.type(), lower);
    long last = (Long) Conversions.fromByteBuffer(field.type(), upper);
    if (limit > last || limit <= first) {
      return limit > last ? 1 : 0;
    }
    return (double) (limit - first) / ((double) last - first + 1);
  }

  private static <T> @Nullable T get(@Nullable Map<Integer, T> stats, NestedField field) {
    return stats == null ? null : stats.get(field.fieldId());
  }
}
