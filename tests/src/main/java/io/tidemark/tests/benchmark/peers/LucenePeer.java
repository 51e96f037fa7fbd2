package io.tidemark.tests.benchmark.peers;

import io.tidemark.model.index.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RescoreTopNQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.jspecify.annotations.Nullable;

/**
 * Lucene's HNSW with its defaults (M 16, beam 100) in one segment of mapped files, the filter a
 * range of an {@code IntField}. Documents are added by one thread, so that their numbers are rows.
 */
final class LucenePeer implements Peer {
  private static final String VECTOR = "vector";
  private static final String ATTRIBUTE = "attr";

  /** Enough for one segment, so that no graph is built twice. */
  private static final double BUFFER_MB = 1_500;

  private final Directory directory;
  private final DirectoryReader reader;
  private final IndexSearcher searcher;
  private final boolean quantised;
  private final boolean owner;

  private LucenePeer(
      Directory directory,
      DirectoryReader reader,
      IndexSearcher searcher,
      boolean quantised,
      boolean owner) {
    this.directory = directory;
    this.reader = reader;
    this.searcher = searcher;
    this.quantised = quantised;
    this.owner = owner;
  }

  /**
   * @param quantised walks by scalar-quantised vectors and scores hits again by the full ones
   */
  static LucenePeer build(PeerData data, Path folder, boolean quantised) throws IOException {
    Directory directory = new MMapDirectory(folder);
    VectorSimilarityFunction similarity =
        data.metric() == Metric.L2
            ? VectorSimilarityFunction.EUCLIDEAN
            : VectorSimilarityFunction.DOT_PRODUCT;
    IndexWriterConfig config =
        new IndexWriterConfig().setRAMBufferSizeMB(BUFFER_MB).setUseCompoundFile(false);
    if (quantised) {
      config.setCodec(quantising());
    }
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int row = 0; row < data.rows(); row++) {
        Document document = new Document();
        document.add(new KnnFloatVectorField(VECTOR, data.base()[row], similarity));
        document.add(new IntField(ATTRIBUTE, data.dataset().attribute(row), Field.Store.NO));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
    DirectoryReader reader = DirectoryReader.open(directory);
    if (reader.leaves().size() != 1 || reader.maxDoc() != data.rows()) {
      throw new IllegalStateException(
          reader.leaves().size() + " segments of " + reader.maxDoc() + " rows, expected one");
    }
    return new LucenePeer(directory, reader, new IndexSearcher(reader), quantised, true);
  }

  private static Codec quantising() {
    return new Lucene104Codec() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return new Lucene104HnswScalarQuantizedVectorsFormat();
      }
    };
  }

  /** Over the same index, without Lucene's cache of filters; this one is closed after it. */
  LucenePeer uncached() {
    IndexSearcher plain = new IndexSearcher(reader);
    plain.setQueryCache(null);
    return new LucenePeer(directory, reader, plain, quantised, false);
  }

  @Override
  public int[] search(float[] query, int effort, int percent) throws IOException {
    Query nearest = new KnnFloatVectorQuery(VECTOR, query, effort, filter(percent));
    if (quantised) {
      nearest = RescoreTopNQuery.createFullPrecisionRescorerQuery(nearest, query, VECTOR, K);
    }
    return Arrays.stream(searcher.search(nearest, K).scoreDocs).mapToInt(hit -> hit.doc).toArray();
  }

  private static @Nullable Query filter(int percent) {
    return percent == 100
        ? null
        : IntField.newRangeQuery(ATTRIBUTE, Integer.MIN_VALUE, percent - 1);
  }

  @Override
  public long bytes() {
    try {
      long bytes = 0;
      for (String file : directory.listAll()) {
        bytes += directory.fileLength(file);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (owner) {
      reader.close();
      directory.close();
    }
  }
}
