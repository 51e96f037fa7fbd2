package io.tidemark.sql.search;

import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.model.error.TidemarkException;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.source.VectorSearchTableSource.VectorSearchContext;
import org.apache.flink.table.connector.source.VectorSearchTableSource.VectorSearchRuntimeProvider;
import org.apache.flink.table.connector.source.search.AsyncVectorSearchFunctionProvider;
import org.apache.flink.table.connector.source.search.VectorSearchFunctionProvider;
import org.apache.flink.table.functions.AsyncVectorSearchFunction;
import org.apache.flink.table.functions.VectorSearchFunction;
import org.apache.flink.table.types.logical.RowType;

/** What a table source answers VECTOR_SEARCH with. */
public final class VectorSearchProvider {
  private VectorSearchProvider() {}

  /**
   * Both kinds of function; the planner takes the one that the query's config asks for.
   *
   * @param collection as the table names it, perhaps an alias
   * @param names of the fields behind the columns of the source's rows
   * @param row the columns' types
   * @param options of the table
   * @throws ValidationException naming what cannot be searched or given back
   */
  public static VectorSearchRuntimeProvider of(
      Endpoint endpoint,
      String collection,
      CollectionDescription description,
      List<String> names,
      RowType row,
      ReadableConfig options,
      VectorSearchContext context) {
    int[][] searched = context.getSearchColumns();
    if (searched.length != 1 || searched[0].length != 1) {
      throw new ValidationException(
          "VECTOR_SEARCH over columns "
              + Arrays.deepToString(searched)
              + ", expected one column of the table");
    }
    try {
      return new Both(
          SearchTarget.of(
              endpoint,
              collection,
              description,
              names.get(searched[0][0]),
              names,
              row.getChildren()),
          SearchSettings.of(options, context.runtimeConfig()));
    } catch (TidemarkException e) {
      throw new ValidationException(
          "VECTOR_SEARCH of collection '" + collection + "': " + e.getMessage(), e);
    }
  }

  private record Both(SearchTarget target, SearchSettings settings)
      implements VectorSearchFunctionProvider, AsyncVectorSearchFunctionProvider {
    @Override
    public VectorSearchFunction createVectorSearchFunction() {
      return new CollectionSearchFunction(target, settings);
    }

    @Override
    public AsyncVectorSearchFunction createAsyncVectorSearchFunction() {
      return new AsyncCollectionSearchFunction(target, settings);
    }
  }
}
