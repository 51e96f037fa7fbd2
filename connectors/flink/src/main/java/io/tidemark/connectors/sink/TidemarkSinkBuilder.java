package io.tidemark.connectors.sink;

import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.client.Endpoint;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.connectors.row.RowLayout;
import io.tidemark.model.error.TidemarkException;
import java.util.Objects;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a {@link TidemarkSink}. Endpoint, collection, row type and, unless the stream carries
 * {@code RowData}, a converter must be given.
 */
public final class TidemarkSinkBuilder<T> {
  private static final Logger LOG = LoggerFactory.getLogger(TidemarkSinkBuilder.class);

  private @Nullable Endpoint endpoint;
  private String database = "default";
  private @Nullable String collection;
  private @Nullable RowType row;
  private @Nullable MapFunction<T, RowData> converter;
  private int partition = -1;
  private SinkSettings settings = SinkSettings.DEFAULT;

  TidemarkSinkBuilder() {}

  /** Where the running Tidemark is. */
  public TidemarkSinkBuilder<T> endpoint(Endpoint endpoint) {
    this.endpoint = endpoint;
    return this;
  }

  /** {@code default} unless given. */
  public TidemarkSinkBuilder<T> database(String database) {
    this.database = database;
    return this;
  }

  /** Must exist. */
  public TidemarkSinkBuilder<T> collection(String collection) {
    this.collection = collection;
    return this;
  }

  /** Columns called like the collection's fields; {@code $meta} is the dynamic field's. */
  public TidemarkSinkBuilder<T> rowType(RowType row) {
    this.row = row;
    return this;
  }

  /** Serializable; called twice per element, once to find its subtask. */
  public TidemarkSinkBuilder<T> converter(MapFunction<T, RowData> converter) {
    this.converter = converter;
    return this;
  }

  /**
   * @param position of the STRING column with the name of the partition a row goes to, null for the
   *     default one
   */
  public TidemarkSinkBuilder<T> partitionColumn(int position) {
    this.partition = position;
    return this;
  }

  /** {@link SinkSettings#DEFAULT} unless given. */
  public TidemarkSinkBuilder<T> settings(SinkSettings settings) {
    this.settings = settings;
    return this;
  }

  /**
   * Asks the server for the collection and checks the rows' columns against its fields.
   *
   * @throws TidemarkException if there is no such collection, or if a column or field does not fit
   */
  public TidemarkSink<T> build() {
    try (TidemarkClient client = TidemarkClient.connect(given(endpoint, "endpoint"))) {
      return build(client.describe(database, given(collection, "collection")));
    }
  }

  /**
   * As {@link #build()}, with what is known of the collection already.
   *
   * @throws TidemarkException if a column or field does not fit
   */
  public TidemarkSink<T> build(CollectionDescription description) {
    SinkTarget target =
        new SinkTarget(
            given(endpoint, "endpoint"),
            database,
            given(collection, "collection"),
            given(row, "rowType"),
            partition);
    RowLayout layout = target.layout(description);
    SinkSettings fitting = settings;
    if (description.schema().primaryKey().autoId()) {
      LOG.warn(
          "Keys are made by the server: rows are inserted, and a restart doubles what it repeats collection={}.{}",
          database,
          target.collection());
      fitting = settings.withWriteMode(WriteMode.INSERT);
    }
    return new TidemarkSink<>(target, given(converter, "converter"), fitting, layout);
  }

  private static <V> V given(@Nullable V value, String name) {
    return Objects.requireNonNull(value, () -> "a sink needs its " + name + "(…)");
  }
}
