package io.tidemark.serving.catalog;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.ConsistencyLevel;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.collection.ShardHash;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.ClusteringKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates, drops, renames and alters collections. {@link CollectionDirectory} says in which order
 * and why. Thread-safe.
 */
public final class CollectionChanges {
  private static final Logger LOG = LoggerFactory.getLogger(CollectionChanges.class);

  private final ChangeContext context;
  private final CollectionDirectory directory;

  public CollectionChanges(ChangeContext context) {
    this.context = context;
    this.directory = context.directory();
  }

  /**
   * What a client asks for.
   *
   * @param shards 0 or less for one
   */
  public record Creation(
      String database,
      String name,
      CollectionSchema schema,
      int shards,
      ConsistencyLevel consistency,
      Map<String, String> properties) {}

  /**
   * Creates a collection; one that is the same in everything is left as it is.
   *
   * @throws TidemarkException 1100, DATABASE_NOT_FOUND, ALIAS_COLLECTION_NAME_CONFLICT
   */
  public CollectionInfo create(Creation creation) {
    String name = FieldSchema.checkName("collection", creation.name());
    int shards = Math.max(1, creation.shards());
    if (shards > CollectionInfo.SHARDS_MAX) {
      throw TidemarkException.invalid(
          "maximum shards's number should be limited to "
              + CollectionInfo.SHARDS_MAX
              + ", but got "
              + shards);
    }
    CollectionProperties.check(creation.properties());
    ClusteringKey.check(creation.schema(), creation.properties());
    return directory.changing(() -> {
      directory.requireDatabase(creation.database());
      Optional<CollectionInfo> existing = directory.find(creation.database(), name);
      if (existing.isPresent()) {
        return same(existing.get(), creation, name, shards);
      }
      CollectionInfo info = info(creation, name, shards);
      context.control().put(ControlKeys.COLLECTION + info.id(), info.database() + "/" + name);
      context.lake().createCollection(info);
      directory.put(info);
      return info;
    });
  }

  private CollectionInfo same(CollectionInfo existing, Creation creation, String name, int shards) {
    if (!existing.name().equals(name)) {
      throw new TidemarkException(
          ErrorCode.ALIAS_COLLECTION_NAME_CONFLICT,
          "collection name ["
              + name
              + "] conflicts with an existing alias, please choose a unique name");
    }
    boolean equal =
        existing.schema().equals(creation.schema())
            && existing.shards() == shards
            && existing.consistency() == creation.consistency()
            && CollectionProperties.visible(existing).equals(creation.properties());
    if (!equal) {
      throw TidemarkException.invalid(
          "create duplicate collection with different parameters, collection: "
              + name
              + ", drop it first or choose another name");
    }
    return existing;
  }

  private CollectionInfo info(Creation creation, String name, int shards) {
    long id = context.log().allocate();
    int first = directory.collections().size();
    List<Integer> pchannels = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      pchannels.add((first + shard) % context.pchannels());
    }
    Map<String, String> properties = new HashMap<>(creation.properties());
    properties.put(ShardHash.PROPERTY, ShardHash.NAME);
    Partition partition = new Partition(context.log().allocate(), Partition.DEFAULT_NAME, id);
    return new CollectionInfo(
        id,
        creation.database(),
        name,
        creation.schema(),
        pchannels,
        creation.consistency(),
        id,
        id,
        List.of(partition),
        List.of(),
        properties);
  }

  /**
   * Drops a collection with everything it has; nothing if there is none.
   *
   * @throws TidemarkException 1100 for an alias, or while it has aliases; DATABASE_NOT_FOUND
   */
  public void drop(String database, String name) {
    directory.changing(() -> {
      Optional<CollectionInfo> found = directory.find(database, name);
      if (found.isEmpty()) {
        directory.requireDatabase(database);
        return false;
      }
      CollectionInfo info = found.get();
      if (!info.name().equals(name)) {
        throw TidemarkException.invalid("cannot drop the collection via alias = " + name);
      }
      List<String> aliases = directory.aliases(info);
      if (!aliases.isEmpty()) {
        throw TidemarkException.invalid(
            "unable to drop the collection ["
                + name
                + "] because it has associated aliases "
                + aliases
                + ", please remove all aliases before dropping the collection");
      }
      context.gates().changing(info.id(), () -> mark(info));
      delete(info);
      return true;
    });
  }

  /** From here on the collection is gone, whatever fails later. */
  private boolean mark(CollectionInfo info) {
    context.control().put(ControlKeys.COLLECTION + info.id(), ControlKeys.DROPPED);
    directory.remove(info);
    return true;
  }

  private void delete(CollectionInfo info) {
    context.read().release(info.id());
    context.control().delete(ControlKeys.LOAD + info.id());
    context.control().delete(ControlKeys.FLUSH + info.id());
    try {
      context
          .log()
          .broadcast(
              info,
              (timestamp, shard) -> new LogRecord.DropCollection(timestamp, info.id(), shard),
              context.logTimeout());
    } catch (TidemarkException e) {
      // Readers of the log know dropped collections by the mark too; the record only tells them
      // sooner.
      LOG.warn(
          "the drop of collection {} {} is not in the log: {}",
          info.id(),
          info.name(),
          e.getMessage());
    }
    context.lake().dropCollection(info);
    context.gates().forget(info.id());
  }

  /**
   * @param newDatabase empty for the same
   * @throws TidemarkException 1100, COLLECTION_NOT_FOUND, DATABASE_NOT_FOUND
   */
  public CollectionInfo rename(String database, String name, String newDatabase, String newName) {
    FieldSchema.checkName("collection", newName);
    return directory.changing(() -> {
      CollectionInfo info = directory.require(database, name);
      String target = newDatabase.isEmpty() ? database : newDatabase;
      directory.requireDatabase(target);
      if (!info.name().equals(name)) {
        throw TidemarkException.invalid(
            "unsupported use an alias to rename collection, alias:" + name);
      }
      if (directory.find(target, newName).isPresent()) {
        throw TidemarkException.invalid(
            "duplicated new collection name "
                + newName
                + " in database "
                + target
                + " with other collection name or alias");
      }
      if (!target.equals(database) && !directory.aliases(info).isEmpty()) {
        throw TidemarkException.invalid(
            "collection "
                + name
                + " has aliases "
                + directory.aliases(info)
                + ", drop them before moving it to database "
                + target);
      }
      long timestamp = context.log().allocate();
      context.lake().renameCollection(info, target, newName, timestamp);
      CollectionInfo renamed =
          context
              .lake()
              .collectionById(info.id())
              .orElse(info.withName(target, newName, timestamp));
      context.control().put(ControlKeys.COLLECTION + info.id(), target + "/" + newName);
      directory.put(renamed);
      context.read().changed(renamed);
      return renamed;
    });
  }

  /**
   * Adds a field to a collection, whatever it holds. It is in the table before any record that has
   * it is in the log; rows without it have its default, or null.
   *
   * @param field nullable; gets the next id
   * @throws TidemarkException 1100, COLLECTION_NOT_FOUND, DATABASE_NOT_FOUND
   */
  public CollectionInfo addField(String database, String name, FieldSchema field) {
    return directory.changing(() -> {
      CollectionInfo info = directory.require(database, name);
      return context.change(
          info,
          current ->
              current.withSchema(current.schema().withField(field), context.log().allocate()));
    });
  }

  /** Sets some properties and deletes others. */
  public CollectionInfo alter(
      String database, String name, Map<String, String> set, List<String> delete) {
    CollectionProperties.check(set);
    if (set.isEmpty() && delete.isEmpty()) {
      throw TidemarkException.invalid("no properties or delete keys provided");
    }
    if (delete.stream().anyMatch(set::containsKey)) {
      throw TidemarkException.invalid(
          "delete_keys and properties may not hold the same key: " + delete);
    }
    return directory.changing(() -> {
      CollectionInfo info = directory.require(database, name);
      return context.change(
          info,
          current -> {
            Map<String, String> properties = new HashMap<>(current.properties());
            delete.stream()
                .filter(key -> !CollectionProperties.hidden(key))
                .forEach(properties::remove);
            properties.putAll(set);
            ClusteringKey.check(current.schema(), properties);
            return current.withProperties(properties);
          });
    });
  }
}
