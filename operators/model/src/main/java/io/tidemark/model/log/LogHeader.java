package io.tidemark.model.log;

/**
 * What routing and windowing need of a record, read without touching its rows.
 *
 * @param kind as {@link LogRecordCodec} numbers them
 * @param timestamp hybrid
 * @param collectionId 0 for a TimeTick
 * @param shard 0 for a TimeTick
 */
public record LogHeader(Kind kind, long timestamp, long collectionId, int shard) {
  /** Kinds of records; their numbers are permanent. */
  public enum Kind {
    INSERT(1),
    DELETE(2),
    TIME_TICK(3),
    FLUSH(4),
    DROP_COLLECTION(5),
    DROP_PARTITION(6);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    public int number() {
      return number;
    }

    static Kind ofNumber(int number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      throw new CorruptRecordException(
          "record of unknown kind " + number + "; a newer Tidemark wrote it");
    }
  }
}
