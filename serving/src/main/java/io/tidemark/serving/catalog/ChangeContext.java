package io.tidemark.serving.catalog;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlStore;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.write.ShardLog;
import io.tidemark.serving.write.WriteGates;
import io.tidemark.stores.lake.Lake;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * What changes of the catalog work on.
 *
 * @param pchannels partitions of the data log
 * @param logTimeout for records that a change appends
 */
public record ChangeContext(
    CollectionDirectory directory,
    Lake lake,
    ControlStore control,
    ShardLog log,
    WriteGates gates,
    ReadService read,
    int pchannels,
    Duration logTimeout) {

  /**
   * Changes a collection: durably, then here and for the reads.
   *
   * @param change of the collection as the lake has it, which a job may have changed; called again
   *     if another commit was faster; gives back what it got for no change
   */
  CollectionInfo change(CollectionInfo known, UnaryOperator<CollectionInfo> change) {
    CollectionInfo changed = lake.changeCollection(known, change);
    directory.put(changed);
    read.changed(changed);
    return changed;
  }
}
