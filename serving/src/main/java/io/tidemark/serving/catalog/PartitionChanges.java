package io.tidemark.serving.catalog;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.collection.Partition;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.log.LogRecord;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.serving.wire.Reasons;
import java.util.ArrayList;
import java.util.List;

/** Creates and drops partitions. Thread-safe. */
public final class PartitionChanges {
  private final ChangeContext context;
  private final LoadStates loads;

  public PartitionChanges(ChangeContext context, LoadStates loads) {
    this.context = context;
    this.loads = loads;
  }

  /**
   * Creates a partition; one that exists is left as it is.
   *
   * @throws TidemarkException 1100, COLLECTION_NOT_FOUND, DATABASE_NOT_FOUND
   */
  public void create(String database, String collection, String name) {
    FieldSchema.checkName("partition", name);
    context
        .directory()
        .changing(() -> {
          CollectionInfo info = context.directory().require(database, collection);
          return context.change(info, current -> with(current, name));
        });
  }

  private CollectionInfo with(CollectionInfo info, String name) {
    if (info.partition(name).isPresent()) {
      return info;
    }
    if (info.partitions().size() >= Partition.PARTITIONS_MAX) {
      throw TidemarkException.invalid(
          "partition number ("
              + info.partitions().size()
              + ") exceeds max configuration ("
              + Partition.PARTITIONS_MAX
              + "), collection: "
              + info.name());
    }
    long id = context.log().allocate();
    List<Partition> partitions = new ArrayList<>(info.partitions());
    partitions.add(new Partition(id, name, id));
    return info.withPartitions(partitions);
  }

  /**
   * Drops a partition with its rows. They go first, by a record in the log; killed in between, the
   * partition is empty and can be dropped again.
   *
   * @throws TidemarkException 1100 for the default partition or a loaded one, PARTITION_NOT_FOUND
   */
  public void drop(String database, String collection, String name) {
    if (name.equals(Partition.DEFAULT_NAME)) {
      throw TidemarkException.invalid("default partition cannot be deleted");
    }
    context
        .directory()
        .changing(() -> {
          CollectionInfo info = context.directory().require(database, collection);
          if (info.partition(name).isEmpty()) {
            throw Reasons.partitionNotFound(name);
          }
          if (loads.loadsPartition(info, name)) {
            throw TidemarkException.invalid(
                "partition cannot be dropped, partition is loaded, please release it first: "
                    + name);
          }
          return context.gates().changing(info.id(), () -> drop(info, name));
        });
  }

  private CollectionInfo drop(CollectionInfo info, String name) {
    context
        .log()
        .broadcast(
            info,
            (timestamp, shard) -> new LogRecord.DropPartition(timestamp, info.id(), shard, name),
            context.logTimeout());
    return context.change(
        info,
        current ->
            current.withPartitions(
                current.partitions().stream().filter(p -> !p.name().equals(name)).toList()));
  }
}
