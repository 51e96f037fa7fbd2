package io.tidemark.serving.read.view;

import io.tidemark.model.index.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * All live rows of a collection at one moment: those of the sealed segments of one snapshot, and
 * the growing rows that the log brought since. No row is in both. Immutable; a read uses one view
 * throughout and closes it, which lets go of index files that newer views no longer use.
 */
public final class ReadView implements AutoCloseable {
  private final SealedSet owner;
  private final List<LiveSegment> sealed;
  private final List<LiveSegment> growing;
  private final Scans scans;

  /** Hears of segments that were searched without an index. */
  interface Scans {
    void scanned(RowSegment rows, int fieldId, Metric metric, long scores);
  }

  ReadView(SealedSet owner, List<LiveSegment> sealed, List<LiveSegment> growing, Scans scans) {
    this.owner = owner;
    this.sealed = List.copyOf(sealed);
    this.growing = List.copyOf(growing);
    this.scans = scans;
  }

  boolean acquire() {
    return owner.acquire();
  }

  public List<LiveSegment> sealed() {
    return sealed;
  }

  public List<LiveSegment> growing() {
    return growing;
  }

  /**
   * The same view without the rows whose timestamp is below {@code cutoff}, for as long as this one
   * is open; itself if that are none.
   */
  public ReadView notOlderThan(long cutoff) {
    boolean holds =
        Stream.concat(sealed.stream(), growing.stream())
            .allMatch(segment -> segment.rows().oldest() >= cutoff);
    return holds
        ? this
        : new ReadView(
            owner,
            sealed.stream().map(segment -> segment.notOlderThan(cutoff)).toList(),
            growing.stream().map(segment -> segment.notOlderThan(cutoff)).toList(),
            scans);
  }

  /**
   * To be told when a segment was searched without an index, so that it gets one in memory when
   * that pays.
   *
   * @param scores rows that were scored
   */
  public void scanned(RowSegment rows, int fieldId, Metric metric, long scores) {
    scans.scanned(rows, fieldId, metric, scores);
  }

  /** Whether these rows are of the log's tail, not of a sealed segment. */
  public boolean isGrowing(RowSegment rows) {
    return growing.stream().anyMatch(chunk -> chunk.rows() == rows);
  }

  /** Those with live rows. */
  public List<LiveSegment> segments(boolean ignoreGrowing) {
    List<LiveSegment> wanted = new ArrayList<>(sealed.size() + growing.size());
    Stream.concat(sealed.stream(), ignoreGrowing ? Stream.empty() : growing.stream())
        .filter(segment -> segment.aliveCount() > 0)
        .forEach(wanted::add);
    return wanted;
  }

  /** To be called once. */
  @Override
  public void close() {
    owner.release();
  }
}
