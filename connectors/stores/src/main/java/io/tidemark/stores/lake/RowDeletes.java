package io.tidemark.stores.lake;

import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.InputFile;

/** Which positions of a data file its deletes kill, those by just the primary key left out. */
final class RowDeletes {
  private final Table table;
  private final CollectionSchema schema;

  RowDeletes(Table table, CollectionSchema schema) {
    this.table = table;
    this.schema = schema;
  }

  BitSet of(FileScanTask task) {
    List<DeleteFile> byPosition = new ArrayList<>();
    List<DeleteFile> byColumns = new ArrayList<>();
    for (DeleteFile delete : task.deletes()) {
      if (delete.content() == FileContent.POSITION_DELETES) {
        byPosition.add(delete);
      } else if (!SnapshotPlanner.byPrimaryKey(table, schema, delete)) {
        byColumns.add(delete);
      }
    }
    BitSet dead = new BitSet();
    RecordDeletes.addPositions(table.io(), byPosition, task.file().location(), dead);
    if (!byColumns.isEmpty()) {
      scan(task, byColumns, dead);
    }
    return dead;
  }

  /** Reads the columns that the deletes compare; a file read whole is in order of position. */
  private void scan(FileScanTask task, List<DeleteFile> deletes, BitSet dead) {
    RecordDeletes filter =
        new RecordDeletes(
            table.io(), task.file().location(), deletes, table.schema(), new Schema());
    Predicate<Record> deleted = filter.eqDeletedRowFilter().negate();
    InputFile input = table.io().newInputFile(task.file());
    try (CloseableIterable<Record> records =
        RecordFiles.read(input, task.file().format(), filter.requiredSchema())) {
      int position = 0;
      for (Record row : records) {
        if (deleted.test(row)) {
          dead.set(position);
        }
        position++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not apply the deletes of " + input.location(), e);
    }
  }
}
