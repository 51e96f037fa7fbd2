package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.record.CommitTimes;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.types.Type;

/** Brings a table's columns and properties to what a {@link CollectionInfo} says, in one commit. */
final class CollectionUpdate {
  private static final int ATTEMPTS_MAX = 20;

  private CollectionUpdate() {}

  static void apply(LakeTable table, CollectionInfo wanted) {
    for (int attempt = 1; ; attempt++) {
      table.refresh();
      try {
        CommitTimes.settle(table.iceberg());
        commit(table.iceberg(), table.info(), wanted);
        table.refresh();
        return;
      } catch (CommitFailedException e) {
        // A schema change is not re-based by Iceberg when another commit was faster.
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private static void commit(Table table, CollectionInfo current, CollectionInfo wanted) {
    Transaction transaction = table.newTransaction();
    if (!current.schema().fields().equals(wanted.schema().fields())) {
      UpdateSchema update = transaction.updateSchema();
      alter(update, table, current.schema(), wanted.schema());
      update.commit();
    }
    UpdateProperties update = transaction.updateProperties();
    for (Map.Entry<String, String> entry : CollectionProperties.encode(wanted).entrySet()) {
      if (!entry.getValue().equals(table.properties().get(entry.getKey()))) {
        update.set(entry.getKey(), entry.getValue());
      }
    }
    update.commit();
    transaction.commitTransaction();
  }

  private static void alter(
      UpdateSchema update, Table table, CollectionSchema current, CollectionSchema wanted) {
    for (FieldSchema field : current.fields()) {
      if (wanted.field(field.id()).isEmpty()) {
        update.deleteColumn(field.name());
      }
    }
    for (FieldSchema field : wanted.fields()) {
      Type type = LakeSchemas.columnType(field.type());
      Optional<FieldSchema> before = current.field(field.id());
      if (before.isEmpty()) {
        update.addColumn(null, field.name(), type, doc(field));
        // Hidden columns stay last, so that SELECT * reads as users expect.
        update.moveBefore(field.name(), CollectionSchema.TIMESTAMP_COLUMN);
        continue;
      }
      String name = before.get().name();
      if (before.get().type() != field.type()
          && type.isPrimitiveType()
          && !table.schema().findType(name).equals(type)) {
        update.updateColumn(name, type.asPrimitiveType());
      }
      if (!name.equals(field.name())) {
        update.renameColumn(name, field.name());
      }
    }
  }

  private static @org.jspecify.annotations.Nullable String doc(FieldSchema field) {
    return field.description().isEmpty() ? null : field.description();
  }
}
