package io.tidemark.model.index;

import io.tidemark.model.error.TidemarkException;
import java.util.Arrays;
import java.util.Locale;

/** Index families that clients can ask for by name. */
public enum IndexType {
  /** Exact search, no index file. */
  FLAT,
  /** The default: a graph whose parameters follow the dimension. */
  AUTOINDEX,
  /** A graph with the given M and efConstruction. */
  HNSW,
  /** The same, walked by a byte or 16 bits per number. */
  HNSW_SQ,
  /** The same, walked by product-quantised codes. */
  HNSW_PQ,
  /** The same, walked by product-quantised codes of several levels. */
  HNSW_PRQ,
  /** A graph of more neighbours, walked by product-quantised codes. */
  DISKANN,
  /** Lists by nearest centroid, of vectors as they are. */
  IVF_FLAT,
  /** The same over a byte per number. */
  IVF_SQ8,
  /** The same over product-quantised codes. */
  IVF_PQ,
  /** The same over a bit per number. */
  IVF_RABITQ,
  /** The same over product-quantised codes of 4 bits. */
  SCANN,
  /** FLAT, of bits. */
  BIN_FLAT,
  /** IVF_FLAT, of bits. */
  BIN_IVF_FLAT,
  /** Signatures by what parts of them are the same. */
  MINHASH_LSH,
  /** Lists of the rows that have a number at a place, of sparse vectors. */
  SPARSE_INVERTED_INDEX,
  /** Another name of SPARSE_INVERTED_INDEX. */
  SPARSE_WAND;

  /**
   * @throws TidemarkException 1100 for a name that is none of ours
   */
  public static IndexType parse(String name) {
    String upper = name.trim().toUpperCase(Locale.ROOT);
    for (IndexType type : values()) {
      if (type.name().equals(upper)) {
        return type;
      }
    }
    throw TidemarkException.invalid(
        "invalid index type: " + name + ", expected one of " + Arrays.toString(values()));
  }

  /** Whether segments get an index file. */
  public boolean builds() {
    return this != FLAT && this != BIN_FLAT;
  }
}
