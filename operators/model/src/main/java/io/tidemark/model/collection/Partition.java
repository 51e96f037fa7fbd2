package io.tidemark.model.collection;

/**
 * A partition of a collection.
 *
 * @param id a hybrid timestamp, unique
 * @param createdTimestamp hybrid
 */
public record Partition(long id, String name, long createdTimestamp) {
  /** Where rows go that name none. */
  public static final String DEFAULT_NAME = "_default";

  public static final int PARTITIONS_MAX = 1024;
}
