package io.tidemark.connectors.client;

import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.schema.CollectionSchema;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A collection as the server describes it.
 *
 * @param id stable over renames
 * @param name of the collection itself, even if it was asked for by an alias
 * @param schema with the hidden dynamic field, if there is one, last
 * @param indexes of vector fields
 * @param shards 1 or more
 * @param properties as users set them, without Tidemark's own
 * @param description for people, may be empty
 * @param consistency of reads that name none
 */
public record CollectionDescription(
    long id,
    String database,
    String name,
    CollectionSchema schema,
    List<IndexDefinition> indexes,
    int shards,
    Map<String, String> properties,
    String description,
    ConsistencyLevel consistency)
    implements Serializable {
  public CollectionDescription {
    indexes = List.copyOf(indexes);
    properties = Map.copyOf(properties);
    if (shards < 1) {
      throw new IllegalArgumentException("a collection has at least one shard, not " + shards);
    }
  }

  /** The index on that vector field. */
  public Optional<IndexDefinition> indexOn(String field) {
    return indexes.stream().filter(index -> index.fieldName().equals(field)).findFirst();
  }
}
