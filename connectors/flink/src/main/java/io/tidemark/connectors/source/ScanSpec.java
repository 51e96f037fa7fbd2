package io.tidemark.connectors.source;

import io.tidemark.connectors.client.Stores;
import io.tidemark.model.schema.CollectionSchema;
import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is read, and how.
 *
 * @param collectionId stable over renames
 * @param changelog whether reading goes on with what changes
 * @param asOf a snapshot's name, a hybrid timestamp or an instant; null for now
 * @param limit rows after which a reader may stop, -1 for all
 * @param condition on rows; null for all
 */
record ScanSpec(
    Stores stores,
    long collectionId,
    String name,
    CollectionSchema schema,
    List<SourceColumn> columns,
    boolean changelog,
    ReadLevel level,
    @Nullable String asOf,
    long limit,
    @Nullable RowCondition condition)
    implements Serializable {
  ScanSpec {
    columns = List.copyOf(columns);
  }

  /** Ids of the fields whose values are given out. */
  Set<Integer> outputFields() {
    Set<Integer> fields = new LinkedHashSet<>();
    for (SourceColumn column : columns) {
      if (column instanceof SourceColumn.Field field) {
        fields.add(field.field().id());
      }
    }
    return fields;
  }
}
