package io.tidemark.jobs.compact;

import io.tidemark.jobs.compact.Output.Kind;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.model.schema.FieldSchema;
import io.tidemark.stores.lake.LakeFile;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Writes rows anew as Iceberg's own records, with every column as it is, also those that only other
 * engines know. Rows of other engines get the timestamp and the partition that reads gave them.
 *
 * <p>Rows that stay in their order stream from the old files to the new ones. Where they are sorted
 * or go to many files, as many rows as make two segments are held at a time. Use once.
 */
final class OutputWriter {
  /** So many files are written side by side; each holds a row group in memory. */
  private static final int OPEN_MAX = 4;

  private static final int NOWHERE = -1;

  private final Table table;
  private final SurvivingRows rows;
  private final List<FieldSchema> filled;
  private final Schema strict;
  private final Schema lenient;
  private final DataFile[] written;
  private final List<DataFile> finished = new ArrayList<>();

  private OutputWriter(Table table, SurvivingRows rows, int outputs) {
    this.table = table;
    this.rows = rows;
    this.filled =
        rows.filled().stream()
            .filter(field -> table.schema().findField(field.name()) != null)
            .toList();
    this.strict = table.schema();
    this.lenient = lenient(table.schema());
    this.written = new DataFile[outputs];
  }

  /**
   * One file for each of {@code outputs}; if it fails, none stays.
   *
   * @param heldMax rows that may be held at a time, unless a single output has more
   */
  static List<DataFile> write(
      Table table, SurvivingRows rows, List<Output> outputs, long heldMax, boolean sorted)
      throws IOException {
    OutputWriter writer = new OutputWriter(table, rows, outputs.size());
    boolean complete = false;
    try {
      if (!sorted && outputs.size() <= OPEN_MAX) {
        writer.stream(outputs);
      } else {
        writer.hold(outputs, heldMax);
      }
      complete = true;
      return Arrays.asList(writer.written);
    } finally {
      if (!complete) {
        writer.finished.forEach(file -> table.io().deleteFile(file.location()));
      }
    }
  }

  private interface RowConsumer {
    void accept(Record row, int ordinal);
  }

  private void forEachRow(int[] output, RowConsumer consumer) throws IOException {
    for (int file = 0; file < rows.files().size(); file++) {
      int from = rows.first(file);
      int to = rows.first(file + 1);
      if (Arrays.stream(output, from, to).allMatch(o -> o == NOWHERE)) {
        continue;
      }
      try (CloseableIterable<Record> records = read(rows.files().get(file))) {
        int ordinal = from;
        for (Record row : records) {
          if (output[ordinal] != NOWHERE) {
            consumer.accept(complete(row, file, ordinal), ordinal);
          }
          ordinal++;
        }
      }
    }
  }

  private CloseableIterable<Record> read(LakeFile file) {
    return RecordFiles.read(
        table.io().newInputFile(file.path()), SurvivingRows.format(file), table.schema());
  }

  private Record complete(Record row, int file, int ordinal) {
    int position = ordinal - rows.first(file);
    if (row.getField(CollectionSchema.TIMESTAMP_COLUMN) == null) {
      row.setField(CollectionSchema.TIMESTAMP_COLUMN, rows.timestamp(ordinal));
    }
    if (row.getField(CollectionSchema.PARTITION_COLUMN) == null) {
      row.setField(CollectionSchema.PARTITION_COLUMN, rows.place(file, position).partition());
    }
    for (FieldSchema field : filled) {
      Object value = rows.filled(file, position, field);
      if (value != null && row.getField(field.name()) == null) {
        row.setField(field.name(), ofColumn(value, strict.findType(field.name())));
      }
    }
    return row;
  }

  /** A column's value, which is a long or a double whatever its width, as a record holds it. */
  private static Object ofColumn(Object value, Type type) {
    return switch (type.typeId()) {
      case INTEGER -> ((Number) value).intValue();
      case LONG -> ((Number) value).longValue();
      case FLOAT -> ((Number) value).floatValue();
      default -> value;
    };
  }

  private int[] outputsOf(List<Output> outputs, int from, int to) {
    int[] output = new int[rows.size()];
    Arrays.fill(output, NOWHERE);
    for (int i = from; i < to; i++) {
      for (int ordinal : outputs.get(i).ordinals()) {
        output[ordinal] = i;
      }
    }
    return output;
  }

  private void stream(List<Output> outputs) throws IOException {
    int[] output = outputsOf(outputs, 0, outputs.size());
    List<DataWriter<Record>> writers = new ArrayList<>();
    try {
      for (Output each : outputs) {
        writers.add(begin(each));
      }
      forEachRow(output, (row, ordinal) -> writers.get(output[ordinal]).write(row));
    } finally {
      for (int i = 0; i < writers.size(); i++) {
        finish(writers.get(i), i);
      }
    }
  }

  private void hold(List<Output> outputs, long heldMax) throws IOException {
    int from = 0;
    while (from < outputs.size()) {
      long held = outputs.get(from).ordinals().length;
      int to = from + 1;
      while (to < outputs.size() && held + outputs.get(to).ordinals().length <= heldMax) {
        held += outputs.get(to).ordinals().length;
        to++;
      }
      hold(outputs, from, to);
      from = to;
    }
  }

  private void hold(List<Output> outputs, int from, int to) throws IOException {
    int[] output = outputsOf(outputs, from, to);
    Record[] held = new Record[rows.size()];
    forEachRow(output, (row, ordinal) -> held[ordinal] = CompactVector.in(row));
    for (int i = from; i < to; i++) {
      DataWriter<Record> writer = begin(outputs.get(i));
      try {
        for (int ordinal : outputs.get(i).ordinals()) {
          writer.write(Objects.requireNonNull(held[ordinal]));
        }
      } finally {
        finish(writer, i);
      }
    }
  }

  private DataWriter<Record> begin(Output output) {
    return RecordFiles.dataWriter(table, output.kind() == Kind.CLEAN ? strict : lenient);
  }

  private void finish(DataWriter<Record> writer, int output) throws IOException {
    writer.close();
    DataFile file = writer.toDataFile();
    finished.add(file);
    written[output] = file;
  }

  /** With nothing required: other engines have left it out where they should not. */
  private static Schema lenient(Schema schema) {
    return new Schema(schema.columns().stream().map(column -> lenient(column)).toList());
  }

  private static NestedField lenient(NestedField column) {
    return NestedField.optional(
        column.fieldId(), column.name(), lenient(column.type()), column.doc());
  }

  private static Type lenient(Type type) {
    if (type.isListType()) {
      return Types.ListType.ofOptional(
          type.asListType().elementId(), type.asListType().elementType());
    }
    return type.isStructType()
        ? Types.StructType.of(
            type.asStructType().fields().stream().map(OutputWriter::lenient).toList())
        : type;
  }
}
