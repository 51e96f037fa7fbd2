package io.tidemark.sql.search;

import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.api.ValidationException;

/** A column of a search's rows: a field of the collection. */
record HitColumn(String name, DataType type) implements Serializable {
  /**
   * @throws ValidationException for a column that is no field
   */
  static List<HitColumn> of(CollectionDescription collection, List<String> names) {
    return names.stream()
        .map(name -> {
          FieldSchema field =
              collection
                  .schema()
                  .field(name)
                  .orElseThrow(() ->
                      new ValidationException(
                          "column '"
                              + name
                              + "' is no field of collection '"
                              + collection.name()
                              + "', so a search cannot give it; leave it out of the table"));
          return new HitColumn(name, field.type());
        })
        .toList();
  }
}
