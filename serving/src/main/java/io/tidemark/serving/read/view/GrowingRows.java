package io.tidemark.serving.read.view;

import io.tidemark.model.log.LogRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The rows that the log brought after the table's position, in immutable chunks of one partition
 * and shard. Small chunks are merged as in a log-structured merge tree: a chunk joins those before
 * it as long as they are not twice its size, so that each row is copied about log(rows) times and n
 * rows are in about log(n) chunks, until chunks reach {@link #CHUNK_ROWS_MAX} or {@link
 * #CHUNK_BYTES_MAX}. Merging drops dead rows. Not thread-safe; the chunks themselves are.
 */
final class GrowingRows {
  private static final int CHUNK_ROWS_MAX = 65_536;

  /** Reads of newer rows wait while a merge copies so much. */
  private static final long CHUNK_BYTES_MAX = 64L << 20;

  private record Place(String partition, int shard) {}

  private final int keyField;
  private final Map<Place, List<LiveSegment>> chunks = new LinkedHashMap<>();

  GrowingRows(int keyField) {
    this.keyField = keyField;
  }

  void add(LogRecord.Insert insert) {
    if (insert.rows().size() == 0) {
      return;
    }
    List<LiveSegment> here =
        chunks.computeIfAbsent(
            new Place(insert.partition(), insert.shard()), place -> new ArrayList<>());
    here.add(LiveSegment.all(GrowingChunk.of(insert, keyField)));
    merge(here);
  }

  private void merge(List<LiveSegment> here) {
    int first = here.size() - 1;
    int rows = here.get(first).aliveCount();
    long bytes = bytesAlive(here.get(first));
    while (first > 0) {
      LiveSegment before = here.get(first - 1);
      if (before.aliveCount() >= 2L * rows
          || rows + before.aliveCount() > CHUNK_ROWS_MAX
          || bytes + bytesAlive(before) > CHUNK_BYTES_MAX
          || !GrowingChunk.sameFields(before.rows(), here.get(first).rows())) {
        break;
      }
      rows += before.aliveCount();
      bytes += bytesAlive(before);
      first--;
    }
    List<LiveSegment> joined = here.subList(first, here.size());
    if (joined.size() > 1) {
      LiveSegment merged = LiveSegment.all(GrowingChunk.merge(List.copyOf(joined), keyField));
      joined.clear();
      here.add(merged);
    }
  }

  /** About, as if all rows were alike. */
  private static long bytesAlive(LiveSegment chunk) {
    return chunk.rows().bytes() * chunk.aliveCount() / Math.max(1, chunk.rows().size());
  }

  void kill(Kill kill) {
    chunks.values().forEach(here -> replace(here, chunk -> chunk.without(kill)));
    chunks.values().removeIf(List::isEmpty);
  }

  /** Drops what the table has: rows of a shard up to its position. */
  void dropThrough(long[] positions) {
    chunks.forEach(
        (place, here) -> replace(here, chunk -> compact(chunk.after(positions[place.shard()]))));
    chunks.values().removeIf(List::isEmpty);
  }

  /** A chunk that is mostly dead is written anew, so that it does not hold memory. */
  private LiveSegment compact(LiveSegment chunk) {
    return chunk.aliveCount() == 0 || 2L * chunk.aliveCount() > chunk.rows().size()
        ? chunk
        : LiveSegment.all(GrowingChunk.merge(List.of(chunk), keyField));
  }

  /** The same rows in another segment, in the place of theirs if they are still here. */
  void replace(RowSegment of, RowSegment by) {
    chunks
        .values()
        .forEach(here ->
            here.replaceAll(chunk ->
                chunk.rows() == of
                    ? new LiveSegment(by, chunk.alive(), chunk.aliveCount())
                    : chunk));
  }

  private static void replace(List<LiveSegment> here, UnaryOperator<LiveSegment> by) {
    here.replaceAll(by);
    for (Iterator<LiveSegment> it = here.iterator(); it.hasNext(); ) {
      if (it.next().aliveCount() == 0) {
        it.remove();
      }
    }
  }

  List<LiveSegment> all() {
    List<LiveSegment> all = new ArrayList<>();
    chunks.values().forEach(all::addAll);
    return all;
  }
}
