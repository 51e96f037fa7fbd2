package io.tidemark.connectors.sink;

import io.tidemark.connectors.client.CollectionDescription;
import io.tidemark.connectors.client.TidemarkClient;
import io.tidemark.connectors.row.FieldDataBuilder;
import io.tidemark.connectors.row.RowDataReader;
import io.tidemark.connectors.row.RowLayout;
import io.tidemark.model.error.TidemarkException;
import java.io.IOException;
import java.util.Objects;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.functions.Partitioner;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreWriteTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.MathUtils;
import org.jspecify.annotations.Nullable;

/**
 * Writes a stream into a collection, through the gRPC endpoint of a running Tidemark.
 *
 * <p>At least once: everything is acknowledged by the server before a checkpoint completes, and a
 * restart repeats what came after the last one. With {@link WriteMode#UPSERT} the result is exactly
 * once per key, since repeating an upsert or a deletion changes nothing in the end. Changes of one
 * key are applied in the order in which they reach the sink: they are brought to one subtask, and
 * repeated, if need be, before later ones are sent. Rows of kind INSERT and UPDATE_AFTER are
 * written, DELETE deletes by key, UPDATE_BEFORE is left out.
 *
 * <p>A collection whose server makes the keys can only be inserted into, and a restart doubles what
 * it repeats.
 *
 * @param <T> what the stream carries; see {@link TidemarkSinkBuilder#converter}
 */
public final class TidemarkSink<T> implements Sink<T>, SupportsPreWriteTopology<T> {
  private static final long serialVersionUID = 1L;

  private final SinkTarget target;
  private final MapFunction<T, RowData> converter;
  private final SinkSettings settings;
  private final RowData.@Nullable FieldGetter key;

  TidemarkSink(
      SinkTarget target,
      MapFunction<T, RowData> converter,
      SinkSettings settings,
      RowLayout layout) {
    this.target = target;
    this.converter = converter;
    this.settings = settings;
    this.key =
        layout.key().map(k -> RowData.createFieldGetter(k.type(), k.position())).orElse(null);
  }

  /** A sink of rows of Flink's tables. */
  public static TidemarkSinkBuilder<RowData> forRowData() {
    return new TidemarkSinkBuilder<RowData>().converter(row -> row);
  }

  /** A sink of anything else, with a converter. */
  public static <T> TidemarkSinkBuilder<T> builder() {
    return new TidemarkSinkBuilder<>();
  }

  /** Brings all changes of a key to one subtask; needless where nothing is replaced. */
  @Override
  public DataStream<T> addPreWriteTopology(DataStream<T> input) {
    if (settings.writeMode() == WriteMode.INSERT || key == null) {
      return input;
    }
    return input.partitionCustom(new BySpread(), new KeySpread<>(converter, key));
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    TidemarkClient client = TidemarkClient.connect(target.endpoint());
    try {
      // Asked for anew: the collection may have got fields since the job was planned.
      CollectionDescription description = target.describe(client, settings.retryTimeout());
      RowLayout layout = target.layout(description);
      ClientWrites writes =
          new ClientWrites(
              client,
              target.database(),
              target.collection(),
              description.schema().primaryKey().name(),
              new FieldDataBuilder(layout));
      TidemarkWriter writer =
          new TidemarkWriter(
              new RowDataReader(layout),
              description.shards(),
              settings,
              writes,
              new FlinkTaskThread(context.getMailboxExecutor(), context.getProcessingTimeService()),
              new SinkFigures(context.metricGroup()));
      return new ConvertingWriter<>(converter, writer);
    } catch (TidemarkException | InterruptedException e) {
      client.close();
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new IOException(
          "the sink could not be opened on collection "
              + target.database()
              + "."
              + target.collection()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private record ConvertingWriter<T>(MapFunction<T, RowData> converter, TidemarkWriter writer)
      implements SinkWriter<T> {
    @Override
    public void write(T element, Context context) throws IOException, InterruptedException {
      writer.write(converted(converter, element), context);
    }

    @Override
    public void flush(boolean endOfInput) throws InterruptedException {
      writer.flush(endOfInput);
    }

    @Override
    public void close() {
      writer.close();
    }
  }

  private static <T> RowData converted(MapFunction<T, RowData> converter, T element)
      throws IOException {
    try {
      return converter.map(element);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("an element of the stream could not be converted to a row", e);
    }
  }

  private static final class BySpread implements Partitioner<Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public int partition(Integer spread, int subtasks) {
      return Math.floorMod(spread, subtasks);
    }
  }

  private record KeySpread<T>(MapFunction<T, RowData> converter, RowData.FieldGetter key)
      implements KeySelector<T, Integer> {
    /** Zero for a row without key, which the writer names. */
    @Override
    public Integer getKey(T element) throws IOException {
      return MathUtils.murmurHash(
          Objects.hashCode(key.getFieldOrNull(converted(converter, element))));
    }
  }
}
