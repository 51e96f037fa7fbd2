package io.tidemark.stores.lake.orphan;

import java.time.Duration;
import org.apache.iceberg.io.FileInfo;

/**
 * Until when a file that nothing names may still become named. Times are in milliseconds since the
 * epoch.
 *
 * <ul>
 *   <li>Whatever is younger than the grace period may be: its writer is still at work, or about to
 *       commit.
 *   <li>A data or delete file may be, however old, that was written after the log was last known to
 *       be committed: it may be the file of a window whose commit is retried for as long as the
 *       catalog is away. Once the positions have passed the time it was written, that window is
 *       committed, with this file or with another, and a commit that names this one will be
 *       refused.
 * </ul>
 *
 * <p>A metadata file may be, however old, that was written after the table's last commit: a commit
 * that waits for its catalog will succeed as long as no other did.
 *
 * <p>Other writers than ingest have just the grace period, whose least value leaves them hours;
 * their commit looks whether its files are still there.
 *
 * @param youngMs files written since then may be pending
 * @param settledMs data files written since then may be
 * @param clocksApartMs how far the clocks of writers, file systems and the log may be apart
 */
public record PendingTime(long youngMs, long settledMs, long clocksApartMs) {
  /** The shortest grace period. */
  public static final Duration GRACE_MIN = Duration.ofHours(12);

  private static final long CLOCKS_APART_MS_MAX = 60_000;

  private static final String METADATA = "/metadata/";

  /**
   * @param grace at least {@link #GRACE_MIN} wherever anybody but a test may write
   * @param settledMs the lowest position of any shard, as a time; taken before files are listed
   */
  public static PendingTime of(long nowMs, Duration grace, long settledMs) {
    return new PendingTime(nowMs - grace.toMillis(), settledMs, CLOCKS_APART_MS_MAX);
  }

  /** For files that have nothing to do with the log. */
  public static PendingTime of(long nowMs, Duration grace) {
    return new PendingTime(nowMs - grace.toMillis(), Long.MAX_VALUE, 0);
  }

  /** Whether the file, which belongs to no table, may still become named. */
  public boolean isYoung(long writtenMs) {
    return writtenMs >= youngMs;
  }

  /**
   * Whether a commit to come may name the file.
   *
   * @param committedMs when the table was last committed to, looked up after the file was found
   */
  boolean mayBePending(FileInfo file, long committedMs) {
    long since = file.location().contains(METADATA) ? committedMs : settledMs;
    return isYoung(file.createdAtMillis()) || file.createdAtMillis() >= since - clocksApartMs;
  }
}
