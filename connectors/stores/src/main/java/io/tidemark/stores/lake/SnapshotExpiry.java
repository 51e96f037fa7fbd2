package io.tidemark.stores.lake;

import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a table's metadata small: every {@value #COMMITS} commits, in a commit of its own,
 * snapshots older than the table property {@code history.expire.max-snapshot-age-ms} go, and the
 * files that only they use.
 */
final class SnapshotExpiry {
  static final int COMMITS = 20;

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotExpiry.class);

  private SnapshotExpiry() {}

  /**
   * @param before the table's last sequence number before the commit; numbers count commits
   */
  static void afterCommit(Table table, long before) {
    long after = LakeTable.metadata(table).lastSequenceNumber();
    if (before / COMMITS == after / COMMITS) {
      return;
    }
    try {
      table
          .expireSnapshots()
          .planWith(ManifestScan.SAME_THREAD)
          .executeDeleteWith(ManifestScan.SAME_THREAD)
          .commit();
    } catch (RuntimeException e) {
      // The rows are committed, which is what the caller must hear; the next expiry tries again.
      LOG.warn("Could not expire snapshots of table {}", table.name(), e);
    }
  }
}
