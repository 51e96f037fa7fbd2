package io.tidemark.engine.index.band;

import io.tidemark.engine.index.IndexBlob;
import io.tidemark.engine.index.IndexFamily;
import io.tidemark.engine.index.IndexParameter;
import io.tidemark.engine.index.IndexSource;
import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.index.quantise.RowRanges;
import io.tidemark.engine.vector.BinaryQuery;
import io.tidemark.engine.vector.BinaryVectors;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.index.IndexType;
import io.tidemark.model.index.Metric;
import io.tidemark.model.schema.DataType;
import io.tidemark.model.schema.FieldSchema;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/** MINHASH_LSH: MinHash signatures by bands. */
public final class MinHashLsh implements IndexFamily {
  private static final IndexParameter.Choice ELEMENT_BITS =
      new IndexParameter.Choice(
          "mh_element_bit_width",
          "element bit width",
          List.of("8", "16", "32", "64"),
          "8",
          "bits of an element of a signature; a divisor of the dimension");
  private static final IndexParameter.Whole BANDS =
      IndexParameter.Whole.derived(
          "mh_lsh_band",
          1,
          65_536,
          "as many as leave 4 elements or a few more each",
          "bands that a signature is cut into, of which rows share one to be found: more find rows that are less alike; a divisor of the number of elements");
  private static final IndexParameter.Flag CODE_IN_MEMORY =
      new IndexParameter.Flag("mh_lsh_code_in_mem", true, "taken and not needed: all is in memory");
  private static final IndexParameter.Flag WITH_RAW_DATA =
      new IndexParameter.Flag(
          "with_raw_data", false, "taken and not needed: the vectors are always the segment's own");
  private static final IndexParameter.Decimal FALSE_POSITIVES =
      new IndexParameter.Decimal(
          "mh_lsh_bloom_false_positive_prob",
          0,
          1,
          0.01f,
          "taken and not needed: bands are looked up without a Bloom filter");
  private static final List<IndexParameter> SEARCH =
      List.of(
          new IndexParameter.Flag(
              "mh_search_with_jaccard",
              false,
              "taken and not needed: a hit's score is always the share of equal elements"),
          IndexParameter.Whole.derived(
              "refine_k",
              1,
              Integer.MAX_VALUE,
              "all",
              "taken and not needed: all rows that share a band are compared"),
          new IndexParameter.Flag(
              "mh_lsh_batch_search",
              false,
              "taken and not needed: queries are searched one by one"));
  private static final int BAND_ELEMENTS = 4;

  @Override
  public IndexType type() {
    return IndexType.MINHASH_LSH;
  }

  @Override
  public String about() {
    return "Finds what is nearly the same, by MinHash signatures: rows that share a whole band of elements with the query are compared with it, all others left out, however few that leaves.";
  }

  @Override
  public Set<Metric> metrics(DataType vectors) {
    return vectors == DataType.BINARY_VECTOR
        ? EnumSet.of(Metric.MHJACCARD)
        : EnumSet.noneOf(Metric.class);
  }

  @Override
  public List<IndexParameter> buildParameters() {
    return List.of(ELEMENT_BITS, BANDS, CODE_IN_MEMORY, WITH_RAW_DATA, FALSE_POSITIVES);
  }

  @Override
  public List<IndexParameter> searchParameters() {
    return SEARCH;
  }

  @Override
  public void checkBuild(Map<String, String> given, int dimension) {
    IndexFamily.super.checkBuild(given, dimension);
    int bits = elementBits(given);
    if (dimension % bits != 0) {
      throw TidemarkException.invalid(
          "The dimension of a vector (dim) should be a multiple of mh_element_bit_width. Dimension: "
              + dimension
              + ", mh_element_bit_width: "
              + bits);
    }
    int bands = BANDS.in(given);
    int elements = dimension / bits;
    if (bands != 0 && elements % bands != 0) {
      throw TidemarkException.invalid(
          "The number of elements of a signature (dim / mh_element_bit_width) should be a multiple of mh_lsh_band. Elements: "
              + elements
              + ", mh_lsh_band: "
              + bands);
    }
  }

  private static int elementBits(Map<String, String> given) {
    return Integer.parseInt(ELEMENT_BITS.in(given));
  }

  private static int bands(Map<String, String> given, int dimension) {
    int wanted = BANDS.in(given);
    if (wanted != 0) {
      return wanted;
    }
    int elements = dimension / elementBits(given);
    int each = Math.min(BAND_ELEMENTS, elements);
    while (elements % each != 0) {
      each++;
    }
    return elements / each;
  }

  @Override
  public QueryVector query(QueryVector given, Map<String, String> parameters) {
    return given instanceof BinaryQuery bits
        ? bits.ofElements(elementBits(parameters) / Byte.SIZE)
        : given;
  }

  @Override
  public long buildBytes(IndexDefinition definition, FieldSchema field, long rows) {
    int bands = bands(definition.parameters(), field.dimension());
    // What is sorted, of as many bands as there may be threads, beside hashes and rows.
    return 8L * (bands + Math.min(bands, Runtime.getRuntime().availableProcessors())) * rows;
  }

  @Override
  public BuiltBands build(IndexSource source, IntConsumer progress) throws InterruptedException {
    if (!(source.vectors() instanceof BinaryVectors vectors)) {
      throw new IllegalArgumentException(type() + " takes no " + source.vectors().type());
    }
    IndexDefinition definition = source.definition();
    int bands = bands(definition.parameters(), vectors.dimension());
    try (RowRanges ranges = new RowRanges(source.threads())) {
      BandTable table = BandTable.build(vectors, source.rows(), bands, ranges, progress);
      return new BuiltBands(table, vectors.dimension(), vectors.size(), definition.metric());
    }
  }

  @Override
  public VectorIndex open(IndexBlob blob, Vectors vectors, Metric metric) throws IOException {
    BandTable table =
        blob.read(
            BuiltBands.FORMAT_NAME,
            (channel, offset, length) ->
                BandBlob.read(
                    channel, offset, length, vectors.dimension(), vectors.size(), metric));
    return new MinHashIndex(table, vectors, metric);
  }
}
