package io.tidemark.sql.table.lookup;

import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.row.FieldDataReader;
import io.tidemark.model.schema.FieldSchema;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * What is looked up, and what of it is given back.
 *
 * @param collection name or alias
 * @param columns of the rows
 * @param compared positions of the columns that a key row is compared with, in its order
 * @param keyAt which of them is the primary key
 * @param keyType that one's type
 */
record LookupTarget(
    Endpoint endpoint,
    String database,
    String collection,
    FieldSchema key,
    FieldDataReader columns,
    List<Integer> compared,
    int keyAt,
    LogicalType keyType)
    implements Serializable {
  LookupTarget {
    compared = List.copyOf(compared);
  }
}
