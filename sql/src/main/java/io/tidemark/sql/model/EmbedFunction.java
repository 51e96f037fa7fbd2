package io.tidemark.sql.model;

import io.tidemark.model.embedding.Embedder;
import io.tidemark.model.embedding.Embedders;
import java.util.Collection;
import java.util.List;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.PredictFunction;
import org.jspecify.annotations.Nullable;

/**
 * Embeds one text after the other: rows (text) to rows (vector), NULL for NULL.
 *
 * <p>Public, as what Flink's generated code calls.
 */
public final class EmbedFunction extends PredictFunction {
  private static final long serialVersionUID = 1L;

  private final String model;
  private transient @Nullable Embedder embedder;

  EmbedFunction(String model) {
    this.model = model;
  }

  @Override
  public void open(FunctionContext context) {
    embedder = Embedders.open(model);
  }

  @Override
  public Collection<RowData> predict(RowData input) {
    Embedder open = embedder;
    if (open == null) {
      throw new IllegalStateException("called before open");
    }
    return List.of(
        input.isNullAt(0)
            ? row(null)
            : row(open.embed(List.of(input.getString(0).toString())).getFirst()));
  }

  static RowData row(float @Nullable [] vector) {
    return GenericRowData.of(vector == null ? null : new GenericArrayData(vector));
  }

  @Override
  public void close() {
    if (embedder != null) {
      embedder.close();
    }
  }
}
