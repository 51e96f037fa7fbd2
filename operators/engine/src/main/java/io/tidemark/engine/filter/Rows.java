package io.tidemark.engine.filter;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.ColumnBuilder;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.Validity;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A batch as filters see it: a field that the batch lacks has its default throughout, or is null
 * throughout.
 */
final class Rows {
  private final EntityBatch batch;
  private final CollectionSchema schema;

  Rows(EntityBatch batch, CollectionSchema schema) {
    this.batch = batch;
    this.schema = schema;
  }

  int size() {
    return batch.size();
  }

  /** Empty if the field is null in every row. */
  Optional<Column> column(int fieldId) {
    Optional<Column> stored = batch.column(fieldId);
    if (stored.isPresent()) {
      return stored;
    }
    FieldSchema field = schema.field(fieldId).orElse(null);
    if (field == null || field.defaultValue() == null) {
      return Optional.empty();
    }
    return Optional.of(ColumnBuilder.constant(field, field.defaultValue(), batch.size()));
  }

  /** The rows without a value, as {@link Truth} wants them; null if there are none. */
  static long @Nullable [] nulls(Column column) {
    Validity validity = column.validity();
    return validity == null ? null : validity.nulls(column.size());
  }
}
