package io.tidemark.model.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.model.column.BytesColumn;
import io.tidemark.model.column.Column;
import io.tidemark.model.column.EntityBatch;
import io.tidemark.model.column.FloatVectorColumn;
import io.tidemark.model.column.LongColumn;
import io.tidemark.model.schema.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogRecordCodecTest {
  private static final EntityBatch ROWS =
      new EntityBatch(
          3,
          Map.of(
              100, LongColumn.of(new long[] {1, -2, Long.MAX_VALUE}, null),
              101, BytesColumn.ofStrings(DataType.VARCHAR, Arrays.asList("a", null, "größer")),
              102, FloatVectorColumn.of(new float[] {1, 2, 3, 4, 5, 6}, 2, null)));

  @Test
  void everyKindComesBackAsItWas() {
    assertThat(LogRecordCodec.decode(LogRecordCodec.encode(new LogRecord.TimeTick(77))))
        .isEqualTo(new LogRecord.TimeTick(77));
    assertThat(LogRecordCodec.decode(LogRecordCodec.encode(new LogRecord.Flush(5, 6, 7))))
        .isEqualTo(new LogRecord.Flush(5, 6, 7));
    assertThat(LogRecordCodec.decode(LogRecordCodec.encode(new LogRecord.DropCollection(5, 6, 7))))
        .isEqualTo(new LogRecord.DropCollection(5, 6, 7));
    assertThat(
            LogRecordCodec.decode(LogRecordCodec.encode(new LogRecord.DropPartition(5, 6, 7, "p"))))
        .isEqualTo(new LogRecord.DropPartition(5, 6, 7, "p"));

    LogRecord.Insert insert =
        (LogRecord.Insert)
            LogRecordCodec.decode(
                LogRecordCodec.encode(new LogRecord.Insert(9, 8, 1, "part", 3, true, ROWS)));
    assertThat(insert.timestamp()).isEqualTo(9);
    assertThat(insert.partition()).isEqualTo("part");
    assertThat(insert.schemaVersion()).isEqualTo(3);
    assertThat(insert.upsert()).isTrue();
    for (Map.Entry<Integer, Column> column : ROWS.columns().entrySet()) {
      Column read = insert.rows().column(column.getKey()).orElseThrow();
      for (int row = 0; row < 3; row++) {
        assertThat(read.value(row)).isEqualTo(column.getValue().value(row));
      }
    }

    LogRecord.Delete delete =
        (LogRecord.Delete)
            LogRecordCodec.decode(
                LogRecordCodec.encode(
                    new LogRecord.Delete(
                        9, 8, 1, "", BytesColumn.ofStrings(DataType.VARCHAR, List.of("x", "yy")))));
    assertThat(delete.keys().value(1)).isEqualTo("yy");
  }

  @Test
  void theHeaderIsReadWithoutTheRows() {
    byte[] bytes = LogRecordCodec.encode(new LogRecord.Insert(9, 8, 1, "part", 3, false, ROWS));
    assertThat(LogRecordCodec.header(bytes))
        .isEqualTo(new LogHeader(LogHeader.Kind.INSERT, 9, 8, 1));
  }

  @Test
  void anyFlippedBitIsNoticed() {
    byte[] bytes = LogRecordCodec.encode(new LogRecord.Insert(9, 8, 1, "part", 3, false, ROWS));
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] bad = bytes.clone();
      bad[bit >> 3] ^= (byte) (1 << (bit & 7));
      assertThatThrownBy(() -> LogRecordCodec.decode(bad))
          .as("bit %d", bit)
          .isInstanceOf(CorruptRecordException.class);
    }
  }

  @Test
  void anyBytesAreRefusedAndNotMore() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      assertThatThrownBy(() -> LogRecordCodec.decode(bytes))
          .as("seed %d", seed)
          .isInstanceOf(CorruptRecordException.class);
    }
  }

  @Test
  void aTruncatedRecordIsRefused() {
    byte[] bytes = LogRecordCodec.encode(new LogRecord.Insert(9, 8, 1, "part", 3, false, ROWS));
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> LogRecordCodec.decode(part))
          .isInstanceOf(CorruptRecordException.class);
    }
  }
}
