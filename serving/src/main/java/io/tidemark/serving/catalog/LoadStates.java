package io.tidemark.serving.catalog;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.read.LoadStatus;
import io.tidemark.serving.wire.Reasons;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is loaded, and stays so over restarts: the wish is kept in the control store before loading
 * begins, and deleted before it is released. Thread-safe.
 */
public final class LoadStates {
  private static final Logger LOG = LoggerFactory.getLogger(LoadStates.class);

  private final ChangeContext context;

  public LoadStates(ChangeContext context) {
    this.context = context;
  }

  /** Loads again what was loaded before the last stop; returns at once. */
  public void restore() {
    context
        .control()
        .list(ControlKeys.LOAD)
        .forEach((key, text) -> {
          long id = Long.parseLong(key.substring(ControlKeys.LOAD.length()));
          Optional<CollectionInfo> info = context.directory().byId(id);
          if (info.isPresent()) {
            var unused = start(info.get(), LoadRequest.parse(text));
          } else {
            context.control().delete(key);
          }
        });
  }

  /**
   * Begins to load; {@link #status} tells how far it is.
   *
   * @param partitions empty for all
   * @return completes when reads work; exceptionally if it is dropped or released meanwhile
   * @throws TidemarkException INDEX_NOT_FOUND if a vector field has no index; MEMORY_LIMIT if there
   *     is no memory for it; PARTITION_NOT_FOUND, COLLECTION_NOT_FOUND
   */
  public CompletableFuture<Void> load(String database, String collection, List<String> partitions) {
    return context
        .directory()
        .changing(() -> {
          CollectionInfo info = context.directory().require(database, collection);
          checkPartitions(info, partitions);
          checkIndexes(info);
          Optional<LoadRequest> current = request(info);
          Set<String> wanted = new HashSet<>(partitions);
          if (current.isPresent() && current.get().all()) {
            wanted.clear();
          } else if (current.isPresent() && !partitions.isEmpty()) {
            wanted.addAll(current.get().partitions());
          }
          LoadRequest request = new LoadRequest(wanted);
          context.read().checkMemory(info, request.partitions());
          context.control().put(key(info), request.text());
          return start(info, request);
        });
  }

  private CompletableFuture<Void> start(CollectionInfo info, LoadRequest request) {
    return context
        .read()
        .load(info, request.partitions())
        .whenComplete((done, failure) -> {
          if (failure != null) {
            LOG.warn(
                "collection {} {} is not loaded: {}", info.id(), info.name(), failure.getMessage());
          }
        });
  }

  private static void checkIndexes(CollectionInfo info) {
    List<String> missing =
        info.schema().vectorFields().stream()
            .filter(f -> info.indexOn(f.id()).isEmpty())
            .map(FieldSchema::name)
            .toList();
    if (!missing.isEmpty()) {
      throw Reasons.indexNotFound(
          "[collection="
              + info.name()
              + "]: there is no vector index on field: "
              + missing
              + ", please create index firstly");
    }
  }

  private static void checkPartitions(CollectionInfo info, List<String> partitions) {
    for (String partition : partitions) {
      if (info.partition(partition).isEmpty()) {
        throw Reasons.partitionNotFound(partition);
      }
    }
  }

  /** Nothing if it is not loaded. */
  public void release(String database, String collection) {
    changing(database, collection, this::release);
  }

  private void release(CollectionInfo info) {
    context.control().delete(key(info));
    context.read().release(info.id());
  }

  /**
   * Keeps the others that are loaded.
   *
   * @throws TidemarkException PARTITION_NOT_FOUND, COLLECTION_NOT_FOUND
   */
  public void releasePartitions(String database, String collection, List<String> partitions) {
    changing(
        database,
        collection,
        info -> {
          checkPartitions(info, partitions);
          Optional<LoadRequest> current = request(info);
          if (current.isEmpty()) {
            return;
          }
          Set<String> left = new HashSet<>(loaded(info, current.get()));
          partitions.forEach(left::remove);
          if (left.isEmpty()) {
            release(info);
            return;
          }
          context.control().put(key(info), new LoadRequest(left).text());
          context.read().release(info, Set.copyOf(partitions));
        });
  }

  private static Set<String> loaded(CollectionInfo info, LoadRequest request) {
    return request.all()
        ? Set.copyOf(info.partitions().stream().map(Partition::name).toList())
        : request.partitions();
  }

  /** Whether the partition is loaded, by itself or with its collection. */
  boolean loadsPartition(CollectionInfo info, String partition) {
    return request(info).map(r -> loaded(info, r).contains(partition)).orElse(false);
  }

  /** Whether a client asked for the collection, or for any of the partitions if some are named. */
  public boolean wanted(CollectionInfo info, List<String> partitions) {
    Optional<LoadRequest> request = request(info);
    return request.isPresent() && loaded(info, request.get()).containsAll(partitions);
  }

  /** How far it is, if a client asked for it. */
  public Optional<LoadStatus> status(CollectionInfo info) {
    return context.read().status(info.id());
  }

  private Optional<LoadRequest> request(CollectionInfo info) {
    return context.control().get(key(info)).map(LoadRequest::parse);
  }

  private static String key(CollectionInfo info) {
    return ControlKeys.LOAD + info.id();
  }

  private void changing(
      String database, String collection, java.util.function.Consumer<CollectionInfo> change) {
    Supplier<Boolean> work =
        () -> {
          change.accept(context.directory().require(database, collection));
          return true;
        };
    context.directory().changing(work);
  }
}
