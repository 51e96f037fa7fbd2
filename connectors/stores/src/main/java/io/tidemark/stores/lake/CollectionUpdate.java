package io.tidemark.stores.lake;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.record.CommitTimes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
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
    change(table, current -> wanted);
  }

  /**
   * Whoever else commits, {@code change} has seen the state that its answer replaces.
   *
   * @param change called again if another commit was faster; gives back what it got for no change
   * @return the collection as it is now
   */
  static CollectionInfo change(LakeTable table, UnaryOperator<CollectionInfo> change) {
    for (int attempt = 1; ; attempt++) {
      try {
        table.refresh();
        CommitTimes.settle(table.iceberg());
        table.refresh();
        CollectionInfo current = table.info();
        CollectionInfo wanted = change.apply(current);
        commit(table.iceberg(), current, wanted);
        table.refresh();
        return table.info();
      } catch (CommitFailedException e) {
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private static void commit(Table table, CollectionInfo current, CollectionInfo wanted) {
    Map<String, String> properties = new HashMap<>(table.properties());
    properties.putAll(CollectionProperties.encode(wanted));
    if (current.schema().fields().equals(wanted.schema().fields())) {
      // Not a property update of Iceberg's, which would set the old values over another commit's.
      TableOperations operations = ((HasTableOperations) table).operations();
      TableMetadata base = operations.current();
      if (!properties.equals(base.properties())) {
        operations.commit(base, base.replaceProperties(properties));
      }
      return;
    }
    Transaction transaction = table.newTransaction();
    UpdateSchema schema = transaction.updateSchema();
    alter(schema, table, current.schema(), wanted.schema());
    // Iceberg fails a schema change when another commit was faster, and with it the rest.
    schema.commit();
    UpdateProperties update = transaction.updateProperties();
    properties.forEach((key, value) -> {
      if (!value.equals(table.properties().get(key))) {
        update.set(key, value);
      }
    });
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
