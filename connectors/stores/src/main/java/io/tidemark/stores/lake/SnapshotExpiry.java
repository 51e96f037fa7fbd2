package io.tidemark.stores.lake;

import static org.apache.iceberg.TableProperties.MAX_SNAPSHOT_AGE_MS;
import static org.apache.iceberg.TableProperties.MAX_SNAPSHOT_AGE_MS_DEFAULT;
import static org.apache.iceberg.TableProperties.MIN_SNAPSHOTS_TO_KEEP;
import static org.apache.iceberg.TableProperties.MIN_SNAPSHOTS_TO_KEEP_DEFAULT;

import io.tidemark.stores.record.CommitTimes;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a table's metadata small: every {@value #COMMITS} commits, in a commit of its own,
 * snapshots go that were replaced longer ago than the table property {@code
 * history.expire.max-snapshot-age-ms}, and the files that only they use: what was current within
 * that time can still be read. Tables without commits are left to {@link #expire}. Snapshots with a
 * tag stay, and all that they need. Stateless.
 */
public final class SnapshotExpiry {
  static final int COMMITS = 20;

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotExpiry.class);

  private SnapshotExpiry() {}

  /** What has gone: snapshots, and the files that only they named, of any kind. */
  public record Expired(int snapshots, int files, long bytes) {}

  /**
   * Expires snapshots now.
   *
   * @param age how long ago a snapshot must have been replaced; null for the table's own property
   * @param snapshotsMin newest ones that stay however old; null for the table's own property
   * @param deletes where files are deleted, side by side
   */
  public static Expired expire(
      Table table,
      @Nullable Duration age,
      @Nullable Integer snapshotsMin,
      ExecutorService deletes) {
    table.refresh();
    CommitTimes.settle(table);
    long ageMs = age == null ? ownAgeMs(table) : age.toMillis();
    long olderThanMs = replacedBefore(table, System.currentTimeMillis() - ageMs);
    ForeignCommits.keep(table, olderThanMs);
    Set<Long> before = ids(table);
    AtomicInteger files = new AtomicInteger();
    AtomicLong bytes = new AtomicLong();
    ExpireSnapshots expiry =
        table
            .expireSnapshots()
            .planWith(ManifestScan.SAME_THREAD)
            .executeDeleteWith(deletes)
            .deleteWith(location -> {
              bytes.addAndGet(delete(table.io(), location));
              files.incrementAndGet();
            });
    int min =
        snapshotsMin == null
            ? (int) number(table, MIN_SNAPSHOTS_TO_KEEP, MIN_SNAPSHOTS_TO_KEEP_DEFAULT)
            : snapshotsMin;
    expiry.expireOlderThan(olderThanMs).retainLast(min);
    // A snapshot named makes Iceberg compare what was reachable before and after. Otherwise files
    // that the current snapshot has replaced would stay until it has expired itself.
    ancestor(table, olderThanMs, min).ifPresent(expiry::expireSnapshotId);
    expiry.commit();
    table.refresh();
    before.removeAll(ids(table));
    return new Expired(before.size(), files.get(), bytes.get());
  }

  private static long ownAgeMs(Table table) {
    return number(table, MAX_SNAPSHOT_AGE_MS, MAX_SNAPSHOT_AGE_MS_DEFAULT);
  }

  /**
   * The time of the snapshot that was current at {@code ms}: all before it were replaced by then.
   */
  private static long replacedBefore(Table table, long ms) {
    Snapshot current = table.currentSnapshot();
    if (current == null) {
      return ms;
    }
    for (Snapshot snapshot : SnapshotUtil.ancestorsOf(current.snapshotId(), table::snapshot)) {
      if (snapshot.timestampMillis() <= ms) {
        return snapshot.timestampMillis();
      }
    }
    return ms;
  }

  private static long number(Table table, String property, long otherwise) {
    String value = table.properties().get(property);
    return value == null ? otherwise : Long.parseLong(value);
  }

  /** Some snapshot that will be expired by its age. */
  private static Optional<Long> ancestor(Table table, long olderThanMs, int min) {
    Snapshot current = table.currentSnapshot();
    if (current == null) {
      return Optional.empty();
    }
    Set<Long> referenced = new HashSet<>();
    table.refs().values().forEach(ref -> referenced.add(ref.snapshotId()));
    int newer = 0;
    for (Snapshot snapshot : SnapshotUtil.ancestorsOf(current.snapshotId(), table::snapshot)) {
      if (newer++ >= min
          && snapshot.timestampMillis() < olderThanMs
          && !referenced.contains(snapshot.snapshotId())) {
        return Optional.of(snapshot.snapshotId());
      }
    }
    return Optional.empty();
  }

  private static Set<Long> ids(Table table) {
    Set<Long> ids = new HashSet<>();
    for (Snapshot snapshot : table.snapshots()) {
      ids.add(snapshot.snapshotId());
    }
    return ids;
  }

  /**
   * @return its length, 0 if it is gone already
   */
  private static long delete(FileIO io, String location) {
    try {
      long bytes = io.newInputFile(location).getLength();
      io.deleteFile(location);
      return bytes;
    } catch (NotFoundException e) {
      LOG.debug("file of an expired snapshot is gone already location={}", location);
      return 0;
    }
  }

  /**
   * @param before the table's last sequence number before the commit; numbers count commits
   */
  static void afterCommit(Table table, long before) {
    long after = LakeTable.metadata(table).lastSequenceNumber();
    if (before / COMMITS == after / COMMITS) {
      return;
    }
    try {
      long olderThanMs = replacedBefore(table, System.currentTimeMillis() - ownAgeMs(table));
      ForeignCommits.keep(table, olderThanMs);
      table
          .expireSnapshots()
          .expireOlderThan(olderThanMs)
          .planWith(ManifestScan.SAME_THREAD)
          .executeDeleteWith(ManifestScan.SAME_THREAD)
          .commit();
    } catch (RuntimeException e) {
      // The rows are committed, which is what the caller must hear; the next expiry tries again.
      LOG.warn("Could not expire snapshots of table {}", table.name(), e);
    }
  }
}
