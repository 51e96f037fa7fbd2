package io.tidemark.connectors.source;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.lake.LakeSnapshot;
import io.tidemark.stores.lake.LakeTable;
import io.tidemark.stores.log.LogTails;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A collection's table and log, open for one reader. Not thread-safe. */
final class OpenCollection implements AutoCloseable {
  private final ScanSpec spec;
  private final Lake lake;
  private final LakeTable table;
  private final Map<Long, List<LakeFile>> snapshots = new HashMap<>();
  private @Nullable LogTails tails;

  private OpenCollection(ScanSpec spec, Lake lake, LakeTable table) {
    this.spec = spec;
    this.lake = lake;
    this.table = table;
  }

  /**
   * @throws TidemarkException COLLECTION_NOT_FOUND if it was dropped
   */
  static OpenCollection open(ScanSpec spec) {
    Lake lake = Lake.open(spec.stores().lake());
    try {
      CollectionInfo info =
          lake.collectionById(spec.collectionId())
              .orElseThrow(() ->
                  new TidemarkException(
                      ErrorCode.COLLECTION_NOT_FOUND,
                      "collection "
                          + spec.name()
                          + " (id "
                          + spec.collectionId()
                          + ") has no table in the lake: it was dropped, or the lake is another's"));
      return new OpenCollection(spec, lake, lake.table(info));
    } catch (RuntimeException | Error e) {
      lake.close();
      throw e;
    }
  }

  CollectionInfo info() {
    return table.info();
  }

  LakeTable table() {
    return table;
  }

  /** A snapshot's files; the same objects each time, as the table wants them. */
  List<LakeFile> files(long snapshotId) {
    return snapshotId == LakeSnapshot.NONE
        ? List.of()
        : snapshots.computeIfAbsent(snapshotId, this::find);
  }

  private List<LakeFile> find(long snapshotId) {
    try {
      return table.snapshot(snapshotId).files();
    } catch (TidemarkException e) {
      throw new TidemarkException(
          e.code(),
          "collection "
              + spec.name()
              + ": "
              + e.getMessage()
              + ". A read that was interrupted for longer than snapshots are kept has to begin anew,"
              + " without its savepoint",
          e);
    }
  }

  /** Of a bounded read whose part of the log cannot be had: with what can be read instead. */
  TidemarkException logIsGone(ScanSplit split, TidemarkException why) {
    String instead =
        spec.asOf() == null
            ? "begin the read anew, or do without the log by 'scan.read'='committed'"
            : ReadMoment.available(table, split.logUntil());
    return new TidemarkException(
        why.code(),
        "collection %s cannot be read as of %s: shard %d of its snapshot ends at %s, and the log after it cannot be read: %s; %s"
            .formatted(
                spec.name(),
                ReadMoment.shown(split.logUntil()),
                split.shard(),
                ReadMoment.shown(split.logAfter()),
                why.getMessage(),
                instead),
        why);
  }

  /** Whether rows of the shard may be in the file: who knows of files that no shard's log wrote. */
  static boolean mayHold(LakeFile file, int shard) {
    return file.shard() == shard || file.shard() == LakeFile.SHARD_UNKNOWN;
  }

  LogTails tails() {
    if (tails == null) {
      tails = LogTails.open(spec.stores().log());
    }
    return tails;
  }

  @Override
  public void close() {
    if (tails != null) {
      tails.close();
    }
    lake.close();
  }
}
