package io.tidemark.serving.read;

import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The hits of all queries, flat: the first query's best first, then the second's, and so on.
 * Immutable by convention; handed over to the caller.
 */
public final class SearchAnswer {
  private final int[] counts;
  private final float[] scores;
  private final Column keys;
  private final EntityBatch outputs;
  private final long readTimestamp;
  private final @Nullable SearchExplanation explanation;

  public SearchAnswer(
      int[] counts, float[] scores, Column keys, EntityBatch outputs, long readTimestamp) {
    this(counts, scores, keys, outputs, readTimestamp, null);
  }

  /**
   * @param explanation null unless it was asked for
   */
  public SearchAnswer(
      int[] counts,
      float[] scores,
      Column keys,
      EntityBatch outputs,
      long readTimestamp,
      @Nullable SearchExplanation explanation) {
    this.counts = counts;
    this.scores = scores;
    this.keys = keys;
    this.outputs = outputs;
    this.readTimestamp = readTimestamp;
    this.explanation = explanation;
  }

  /** Hits per query; their sum is the number of rows. */
  public int[] counts() {
    return counts;
  }

  /** By row: squared distance for L2, else inner product or cosine. */
  public float[] scores() {
    return scores;
  }

  /** By row: INT64 or VARCHAR. */
  public Column keys() {
    return keys;
  }

  /** By row: every output field that was asked for, defaults filled in. */
  public EntityBatch outputs() {
    return outputs;
  }

  /** The log was read at least up to here. */
  public long readTimestamp() {
    return readTimestamp;
  }

  /** How it was found, if that was asked for. */
  public Optional<SearchExplanation> explanation() {
    return Optional.ofNullable(explanation);
  }
}
