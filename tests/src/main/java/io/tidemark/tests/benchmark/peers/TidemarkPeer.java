package io.tidemark.tests.benchmark.peers;

import io.tidemark.engine.filter.Filter;
import io.tidemark.engine.filter.FilterParser;
import io.tidemark.engine.index.BuildDevice;
import io.tidemark.engine.index.BuiltIndex;
import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.family.IndexFamilies;
import io.tidemark.engine.segment.AliveSegment;
import io.tidemark.engine.segment.KeyLookup;
import io.tidemark.engine.segment.Segment;
import io.tidemark.engine.segment.SegmentQuery;
import io.tidemark.engine.segment.SegmentSearcher;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.FloatVectors;
import io.tidemark.engine.vector.TopK;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.DataType;
import io.tidemark.serving.read.view.RowSegment;
import io.tidemark.tests.benchmark.Dataset;
import io.tidemark.tests.benchmark.PlainField;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One sealed segment with AUTOINDEX, searched by the steps of a collection's search: the rows that
 * pass the filter, which a segment keeps for filters that come again, then the planner's choice.
 * What is left out is the way there.
 */
final class TidemarkPeer implements Peer {
  private static final int KEY = 100;
  private static final int VECTOR = 101;
  private static final int ATTRIBUTE = 102;

  private final RowSegment rows;
  private final CollectionSchema schema;
  private final IndexFamily family;
  private final Metric metric;
  private final boolean keepsFilters;
  private final Map<Integer, Filter> filters = new HashMap<>();
  private final Map<Integer, SearchParameters> parameters = new HashMap<>();

  private TidemarkPeer(
      RowSegment rows,
      CollectionSchema schema,
      IndexFamily family,
      Metric metric,
      boolean keepsFilters) {
    this.rows = rows;
    this.schema = schema;
    this.family = family;
    this.metric = metric;
    this.keepsFilters = keepsFilters;
  }

  static TidemarkPeer build(PeerData data, Path folder) throws IOException, InterruptedException {
    IndexFamily family = IndexFamilies.of(IndexType.AUTOINDEX);
    FloatVectors vectors = Dataset.joined(data.base());
    BitSet include = new BitSet();
    include.set(0, vectors.size());
    IndexDefinition definition =
        new IndexDefinition(
            1, VECTOR, "vector", "vector", IndexType.AUTOINDEX, data.metric(), Map.of());
    BuiltIndex built =
        family.build(
            new IndexSource(
                vectors,
                include,
                definition,
                Runtime.getRuntime().availableProcessors(),
                BuildDevice.CPU),
            done -> {});
    Path file = folder.resolve("index");
    long length = built.writeTo(file, 0);
    VectorIndex index =
        family.open(new IndexBlob(file, 0, length, built.properties()), vectors, data.metric());
    CollectionSchema schema =
        new CollectionSchema(
            "",
            false,
            1,
            List.of(
                PlainField.key(KEY, "id"),
                PlainField.vector(VECTOR, "vector", data.dimension()),
                PlainField.of(ATTRIBUTE, "attr", DataType.INT64)));
    return new TidemarkPeer(rows(data, vectors, index), schema, family, data.metric(), true);
  }

  private static RowSegment rows(PeerData data, FloatVectors vectors, VectorIndex index) {
    LongColumn keys = column(data, row -> row);
    EntityBatch columns =
        new EntityBatch(
            data.rows(), Map.of(KEY, keys, ATTRIBUTE, column(data, data.dataset()::attribute)));
    Segment segment =
        new Segment(
            "bench",
            "_default",
            0,
            columns,
            new long[data.rows()],
            Map.of(VECTOR, vectors),
            Map.of(VECTOR, index),
            KeyLookup.of(keys));
    return new RowSegment(segment, KEY, List.of(columns), null, Map.of(VECTOR, data.metric()));
  }

  private static LongColumn column(PeerData data, IntUnaryOperator values) {
    return LongColumn.of(
        IntStream.range(0, data.rows()).map(values).asLongStream().toArray(), null);
  }

  /** Over the same rows, each filter evaluated for each search. */
  TidemarkPeer uncached() {
    return new TidemarkPeer(rows, schema, family, metric, false);
  }

  @Override
  public int[] search(float[] query, int effort, int percent) {
    BitSet passing = passing(percent);
    Segment segment = rows.segment();
    AliveSegment alive =
        passing == null ? AliveSegment.all(segment) : AliveSegment.of(segment, passing);
    SegmentQuery asked =
        new SegmentQuery(VECTOR, metric, new DenseQuery(query), K, parameters(effort), null);
    TopK best = asked.collector();
    SegmentSearcher.search(alive, asked, best);
    return best.drain().ordinals();
  }

  private @Nullable BitSet passing(int percent) {
    if (percent == 100) {
      return null;
    }
    Filter filter = filter(percent);
    return keepsFilters
        ? rows.passing(filter, schema)
        : filter.evaluate(rows.parts().getFirst(), schema);
  }

  private Filter filter(int percent) {
    return filters.computeIfAbsent(
        percent, below -> FilterParser.parse("attr < " + below, schema, Map.of()));
  }

  private SearchParameters parameters(int effort) {
    return parameters.computeIfAbsent(
        effort,
        ef ->
            new SearchParameters(
                family.checkSearch(Map.of("ef", String.valueOf(ef)), K), Float.NaN, Float.NaN));
  }

  @Override
  public long bytes() {
    return rows.segment().bytes();
  }

  @Override
  public void close() {
    if (keepsFilters) {
      rows.segment().close();
    }
  }
}
