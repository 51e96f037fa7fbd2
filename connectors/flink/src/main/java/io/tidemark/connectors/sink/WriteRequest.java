package io.tidemark.connectors.sink;

import io.tidemark.connectors.row.RowChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request to the server, which takes or refuses it as a whole. */
sealed interface WriteRequest {
  /** Rows or keys. */
  int size();

  /** Two requests of about half the size that together do the same. */
  List<WriteRequest> halves();

  /** About what it takes on the wire. */
  long bytes();

  /** The key of a request of one row, for messages; null if the server makes the keys. */
  @Nullable Object firstKey();

  /** What brings rows of one partition, at least one. */
  sealed interface OfRows extends WriteRequest {
    List<RowChange> rows();

    @Override
    default int size() {
      return rows().size();
    }

    @Override
    default long bytes() {
      return rows().stream().mapToLong(RowChange::bytes).sum();
    }

    @Override
    default @Nullable Object firstKey() {
      return rows().getFirst().key();
    }
  }

  /** Adds rows without looking for their keys. */
  record Insert(String partition, List<RowChange> rows) implements OfRows {
    public Insert {
      rows = List.copyOf(rows);
    }

    @Override
    public List<WriteRequest> halves() {
      int half = rows.size() / 2;
      return List.of(
          new Insert(partition, rows.subList(0, half)),
          new Insert(partition, rows.subList(half, rows.size())));
    }
  }

  /** Puts rows in the place of those with their keys. */
  record Upsert(String partition, List<RowChange> rows) implements OfRows {
    public Upsert {
      rows = List.copyOf(rows);
    }

    @Override
    public List<WriteRequest> halves() {
      int half = rows.size() / 2;
      return List.of(
          new Upsert(partition, rows.subList(0, half)),
          new Upsert(partition, rows.subList(half, rows.size())));
    }
  }

  /**
   * @param keys Long or String, of whatever partition
   */
  record Delete(List<Object> keys) implements WriteRequest {
    private static final int KEY_BYTES = 16;

    public Delete {
      keys = List.copyOf(keys);
    }

    @Override
    public int size() {
      return keys.size();
    }

    @Override
    public List<WriteRequest> halves() {
      int half = keys.size() / 2;
      return List.of(
          new Delete(keys.subList(0, half)), new Delete(keys.subList(half, keys.size())));
    }

    @Override
    public long bytes() {
      return (long) keys.size() * KEY_BYTES;
    }

    @Override
    public Object firstKey() {
      return keys.getFirst();
    }
  }
}
