package io.tidemark.jobs.coordinate.function;

import java.util.List;

/**
 * What the observer has seen of a collection.
 *
 * @param observedMs wall clock when it began to look; grows from one to the next
 * @param indexable whether an index is defined that is to be built
 * @param smallFiles in the partition and shard that has most of them
 * @param sealed keys of the segments that wait for an index, the first {@link #KEYS_MAX}
 * @param sealedSegments how many there are
 * @param open keys of those that wait only if somebody asks
 * @param asked hybrid timestamp up to which somebody waits for an index, 0 if nobody does
 * @param askedCommitted whether everything up to then is in the table
 */
public record CollectionFacts(
    long collectionId,
    String database,
    String name,
    long observedMs,
    boolean indexable,
    long rows,
    long bytes,
    int files,
    int smallFiles,
    int deleteFiles,
    List<String> sealed,
    int sealedSegments,
    List<String> open,
    int openSegments,
    int indexedSegments,
    long asked,
    boolean askedCommitted) {
  public static final int KEYS_MAX = 256;

  public CollectionFacts {
    sealed = List.copyOf(sealed);
    open = List.copyOf(open);
  }

  public CollectionFacts at(long ms) {
    return new CollectionFacts(
        collectionId,
        database,
        name,
        ms,
        indexable,
        rows,
        bytes,
        files,
        smallFiles,
        deleteFiles,
        sealed,
        sealedSegments,
        open,
        openSegments,
        indexedSegments,
        asked,
        askedCommitted);
  }
}
