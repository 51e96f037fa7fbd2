package io.tidemark.stores.backup;

import io.tidemark.stores.lake.LakeFile;
import java.util.BitSet;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;

/**
 * A live data file of the state that is copied.
 *
 * @param task as Iceberg planned it, with all that its manifest says of the file
 * @param file the same as the lake sees it, with its deletes
 * @param dead positions of deleted rows; not written to
 * @param asIs whether its bytes can be copied: it is Parquet, and each row has its own timestamp
 */
record StateFile(FileScanTask task, LakeFile file, BitSet dead, boolean asIs) {
  DataFile data() {
    return task.file();
  }
}
