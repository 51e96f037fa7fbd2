package io.tidemark.serving.wire;

import io.tidemark.serving.read.ReadService;

/**
 * What one request may ask for; Milvus's own limits where it has them. Limits of a schema (fields,
 * dimension, lengths of names and texts, shards, partitions) are with the model's records.
 */
public final class ProtocolLimits {
  /** Bytes of one request; more is answered RESOURCE_EXHAUSTED. */
  public static final int RECEIVE_BYTES_MAX = 64 << 20;

  /** Bytes of one answer; more is refused with the way to ask for less. */
  public static final int SEND_BYTES_MAX = ReadService.ANSWER_BYTES_MAX;

  /** Hits per query vector. */
  public static final int TOPK_MAX = 16_384;

  /** Query vectors per search. */
  public static final int QUERIES_MAX = 16_384;

  /** Searches within one hybrid search. */
  public static final int SEARCHES_MAX = 1_024;

  /** Offset and limit together, of a search or of a query with a limit. */
  public static final int WINDOW_MAX = 16_384;

  /**
   * Query vectors times hits, of a hybrid search's searches together: bounds the memory of one
   * search (Milvus bounds the answer's bytes instead).
   */
  public static final int HITS_MAX = 1 << 22;

  public static final int ROUND_DECIMAL_MIN = -1;
  public static final int ROUND_DECIMAL_MAX = 6;
  public static final int DATABASES_MAX = 64;

  /** UTF-8 bytes of one JSON value or of one row's dynamic fields. */
  public static final int JSON_BYTES_MAX = 65_536;

  /** Objects and arrays within each other in one JSON value. */
  public static final int JSON_DEPTH_MAX = 512;

  /** Milvus's release whose protocol is spoken; clients choose features by it. */
  public static final String MILVUS_VERSION = "2.6.22";

  private ProtocolLimits() {}
}
