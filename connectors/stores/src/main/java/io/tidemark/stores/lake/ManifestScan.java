package io.tidemark.stores.lake;

import java.util.concurrent.ExecutorService;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.relocated.com.google.common.util.concurrent.MoreExecutors;

/**
 * How commits read manifests: on local disk handing them to a pool costs more than reading them.
 */
final class ManifestScan {
  static final ExecutorService SAME_THREAD = MoreExecutors.newDirectExecutorService();

  private ManifestScan() {}

  static <T extends SnapshotUpdate<T>> T by(Table table, T update) {
    return table.io() instanceof LocalFileIO ? update.scanManifestsWith(SAME_THREAD) : update;
  }
}
