package io.tidemark.serving.read;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far a collection is loaded.
 *
 * @param loaded whether it answers reads
 * @param percent 0 to 100, by bytes of data files; 100 only when loaded
 * @param partitions that are loaded; empty for all, those created later included
 * @param error the last failure of loading or following it that was not overcome yet; it is retried
 *     all the time
 */
public record LoadStatus(
    long collectionId,
    boolean loaded,
    int percent,
    Set<String> partitions,
    @Nullable String error) {
  public LoadStatus {
    partitions = Set.copyOf(partitions);
  }
}
