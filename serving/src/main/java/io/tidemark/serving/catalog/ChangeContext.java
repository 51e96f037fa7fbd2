package io.tidemark.serving.catalog;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlStore;
import io.tidemark.serving.read.ReadService;
import io.tidemark.serving.write.ShardLog;
import io.tidemark.serving.write.WriteGates;
import io.tidemark.stores.lake.Lake;
import java.time.Duration;

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

  /** Makes a changed collection durable, then known here and to the reads. */
  void publish(CollectionInfo changed) {
    lake.updateCollection(changed);
    directory.put(changed);
    read.changed(changed);
  }
}
