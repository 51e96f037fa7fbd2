package io.tidemark.model.collection;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.schema.CollectionSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything that is known of a collection but its rows; kept as table properties in the lake.
 *
 * @param id stable for life: a hybrid timestamp. Log records carry it, so that a rename costs
 *     nothing
 * @param pchannels per shard the number of the log partition that carries it; never changed
 * @param createdTimestamp hybrid
 * @param updatedTimestamp hybrid, raised by every schema change; clients send it back
 * @param indexes in use: searches go through these
 * @param candidates being built beside those in use, not searched; at most one per field
 * @param previous used before and kept to go back to; at most one per field
 * @param properties as the client set them
 */
public record CollectionInfo(
    long id,
    String database,
    String name,
    CollectionSchema schema,
    List<Integer> pchannels,
    ConsistencyLevel consistency,
    long createdTimestamp,
    long updatedTimestamp,
    List<Partition> partitions,
    List<IndexDefinition> indexes,
    List<IndexDefinition> candidates,
    List<IndexDefinition> previous,
    Map<String, String> properties) {
  public static final int SHARDS_MAX = 16;
  public static final String DEFAULT_DATABASE = "default";

  public CollectionInfo {
    pchannels = List.copyOf(pchannels);
    partitions = List.copyOf(partitions);
    indexes = List.copyOf(indexes);
    candidates = List.copyOf(candidates);
    previous = List.copyOf(previous);
    properties = Map.copyOf(properties);
    if (pchannels.isEmpty() || pchannels.size() > SHARDS_MAX) {
      throw TidemarkException.invalid(
          "maximum shards's number should be limited to "
              + SHARDS_MAX
              + ", but got "
              + pchannels.size());
    }
  }

  /** One whose indexes are just those in use. */
  public CollectionInfo(
      long id,
      String database,
      String name,
      CollectionSchema schema,
      List<Integer> pchannels,
      ConsistencyLevel consistency,
      long createdTimestamp,
      long updatedTimestamp,
      List<Partition> partitions,
      List<IndexDefinition> indexes,
      Map<String, String> properties) {
    this(
        id,
        database,
        name,
        schema,
        pchannels,
        consistency,
        createdTimestamp,
        updatedTimestamp,
        partitions,
        indexes,
        List.of(),
        List.of(),
        properties);
  }

  public int shards() {
    return pchannels.size();
  }

  public Optional<Partition> partition(String partitionName) {
    return partitions.stream().filter(p -> p.name().equals(partitionName)).findFirst();
  }

  public Optional<IndexDefinition> indexOn(int fieldId) {
    return indexes.stream().filter(i -> i.fieldId() == fieldId).findFirst();
  }

  /** What index files are built for: the indexes in use and the candidates. */
  public List<IndexDefinition> builtIndexes() {
    return Stream.concat(indexes.stream(), candidates.stream()).toList();
  }

  /** What index files are kept for: the indexes in use, the candidates and the previous ones. */
  public List<IndexDefinition> keptIndexes() {
    return Stream.of(indexes, candidates, previous).flatMap(List::stream).toList();
  }

  public CollectionInfo withName(String newDatabase, String newName, long timestamp) {
    return new CollectionInfo(
        id,
        newDatabase,
        newName,
        schema,
        pchannels,
        consistency,
        createdTimestamp,
        timestamp,
        partitions,
        indexes,
        candidates,
        previous,
        properties);
  }

  /**
   * @param timestamp becomes the updated timestamp
   */
  public CollectionInfo withSchema(CollectionSchema newSchema, long timestamp) {
    return new CollectionInfo(
        id,
        database,
        name,
        newSchema,
        pchannels,
        consistency,
        createdTimestamp,
        timestamp,
        partitions,
        indexes,
        candidates,
        previous,
        properties);
  }

  public CollectionInfo withPartitions(List<Partition> newPartitions) {
    return new CollectionInfo(
        id,
        database,
        name,
        schema,
        pchannels,
        consistency,
        createdTimestamp,
        updatedTimestamp,
        newPartitions,
        indexes,
        candidates,
        previous,
        properties);
  }

  /**
   * Other indexes in use; candidates and previous ones of fields that have none any more go too.
   */
  public CollectionInfo withIndexes(List<IndexDefinition> newIndexes) {
    return new CollectionInfo(
        id,
        database,
        name,
        schema,
        pchannels,
        consistency,
        createdTimestamp,
        updatedTimestamp,
        partitions,
        newIndexes,
        ofSameFields(candidates, newIndexes),
        ofSameFields(previous, newIndexes),
        properties);
  }

  public CollectionInfo withIndexes(
      List<IndexDefinition> newIndexes,
      List<IndexDefinition> newCandidates,
      List<IndexDefinition> newPrevious) {
    return new CollectionInfo(
        id,
        database,
        name,
        schema,
        pchannels,
        consistency,
        createdTimestamp,
        updatedTimestamp,
        partitions,
        newIndexes,
        newCandidates,
        newPrevious,
        properties);
  }

  public CollectionInfo withProperties(Map<String, String> newProperties) {
    return new CollectionInfo(
        id,
        database,
        name,
        schema,
        pchannels,
        consistency,
        createdTimestamp,
        updatedTimestamp,
        partitions,
        indexes,
        candidates,
        previous,
        newProperties);
  }

  private static List<IndexDefinition> ofSameFields(
      List<IndexDefinition> some, List<IndexDefinition> inUse) {
    return some.stream()
        .filter(index -> inUse.stream().anyMatch(used -> used.fieldId() == index.fieldId()))
        .toList();
  }
}
