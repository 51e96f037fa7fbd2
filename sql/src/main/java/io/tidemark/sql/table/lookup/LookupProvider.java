package io.tidemark.sql.table.lookup;

import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.row.FieldDataReader;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.source.LookupTableSource.LookupRuntimeProvider;
import org.apache.flink.table.connector.source.lookup.AsyncLookupFunctionProvider;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** What a table source answers a lookup join with. */
public final class LookupProvider {
  private static final int BATCH_LIMIT = 4_096;
  private static final int REQUESTS_LIMIT = 64;

  private LookupProvider() {}

  /**
   * @param names of the source's columns, of their fields where they are called otherwise
   * @param row the columns' types
   * @param keys positions of the columns that are compared
   * @throws ValidationException if the primary key is not among them, or a column is no field
   */
  public static LookupRuntimeProvider of(
      Endpoint endpoint,
      String collection,
      CollectionDescription description,
      List<String> names,
      RowType row,
      int[][] keys,
      int batchMax,
      int requestsMax) {
    check("lookup.batch-size", batchMax, BATCH_LIMIT);
    check("lookup.requests", requestsMax, REQUESTS_LIMIT);
    FieldSchema primary = description.schema().primaryKey();
    int keyAt = -1;
    List<Integer> compared = new ArrayList<>();
    for (int i = 0; i < keys.length; i++) {
      if (keys[i].length != 1) {
        throw new ValidationException("a lookup join cannot compare parts of a column");
      }
      compared.add(keys[i][0]);
      if (names.get(keys[i][0]).equals(primary.name())) {
        keyAt = i;
      }
    }
    if (keyAt < 0) {
      throw new ValidationException(
          "a lookup join of collection '"
              + collection
              + "' needs an equality with its primary key '"
              + primary.name()
              + "', it has one with "
              + compared.stream().map(names::get).toList()
              + "; join without FOR SYSTEM_TIME AS OF to read the whole collection");
    }
    List<LogicalType> types = row.getChildren();
    return AsyncLookupFunctionProvider.of(
        new CollectionLookupFunction(
            new LookupTarget(
                endpoint,
                description.database(),
                collection,
                primary,
                columns(collection, description, names, types),
                compared,
                keyAt,
                types.get(compared.get(keyAt))),
            batchMax,
            requestsMax));
  }

  private static FieldDataReader columns(
      String collection,
      CollectionDescription description,
      List<String> names,
      List<LogicalType> types) {
    try {
      return FieldDataReader.of(description.schema(), names, types);
    } catch (TidemarkException e) {
      throw new ValidationException(
          "lookup join of collection '" + collection + "': " + e.getMessage(), e);
    }
  }

  private static void check(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw new ValidationException("'" + option + "' is " + value + ", expected 1 to " + max);
    }
  }
}
