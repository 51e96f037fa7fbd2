package io.tidemark.model.collection;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.schema.CollectionSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that is known of a collection but its rows; kept as table properties in the lake.
 *
 * @param id stable for life: a hybrid timestamp. Log records carry it, so that a rename costs
 *     nothing
 * @param pchannels per shard the number of the log partition that carries it; never changed
 * @param createdTimestamp hybrid
 * @param updatedTimestamp hybrid, raised by every schema change; clients send it back
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
    Map<String, String> properties) {
  public static final int SHARDS_MAX = 16;
  public static final String DEFAULT_DATABASE = "default";

  public CollectionInfo {
    pchannels = List.copyOf(pchannels);
    partitions = List.copyOf(partitions);
    indexes = List.copyOf(indexes);
    properties = Map.copyOf(properties);
    if (pchannels.isEmpty() || pchannels.size() > SHARDS_MAX) {
      throw TidemarkException.invalid(
          "maximum shards's number should be limited to "
              + SHARDS_MAX
              + ", but got "
              + pchannels.size());
    }
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
        properties);
  }

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
        properties);
  }
}
