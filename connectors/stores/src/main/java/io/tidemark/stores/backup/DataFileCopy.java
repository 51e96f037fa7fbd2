package io.tidemark.stores.backup;

import io.tidemark.model.collection.Partition;
import io.tidemark.model.schema.CollectionSchema;
import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;

/**
 * Copies data files: byte for byte where that says all, else row by row, with the timestamp and the
 * partition that each row has by its table written into it. Thread-safe.
 */
final class DataFileCopy {
  private final CollectionState state;

  DataFileCopy(CollectionState state) {
    this.state = state;
  }

  CopiedFile copy(StateFile source, OutputFile target) {
    InputFile input = state.table().io().newInputFile(source.data());
    String from = source.file().path();
    if (source.asIs()) {
      Digest digest = Digest.copy(input, target);
      return new CopiedFile(from, target.location(), digest, source.file().rows(), source.dead());
    }
    BitSet dead = new BitSet();
    long rows = rewrite(source, input, target, dead);
    return new CopiedFile(from, target.location(), Digest.of(target.toInputFile()), rows, dead);
  }

  /**
   * @param dead gets the positions of deleted rows in the copy
   * @return rows in the copy
   */
  private long rewrite(StateFile source, InputFile input, OutputFile target, BitSet dead) {
    Schema columns = state.columns();
    String key = columns.findColumnName(Set.copyOf(columns.identifierFieldIds()).iterator().next());
    int read = 0;
    int written = 0;
    try (CloseableIterable<Record> rows = RecordFiles.read(input, source.data().format(), columns);
        DataWriter<Record> writer = writer(target, columns)) {
      for (Record row : rows) {
        boolean isDead = source.dead().get(read++);
        // Nobody can see a row without a key, and a writer refuses it.
        if (row.getField(key) != null) {
          writer.write(complete(row, source));
          dead.set(written++, isDead);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not copy " + input.location(), e);
    }
    return written;
  }

  private static Record complete(Record row, StateFile source) {
    if (row.getField(CollectionSchema.TIMESTAMP_COLUMN) == null) {
      row.setField(CollectionSchema.TIMESTAMP_COLUMN, source.file().addedTimestamp());
    }
    if (row.getField(CollectionSchema.PARTITION_COLUMN) == null) {
      row.setField(CollectionSchema.PARTITION_COLUMN, Partition.DEFAULT_NAME);
    }
    return row;
  }

  private DataWriter<Record> writer(OutputFile target, Schema columns) throws IOException {
    Map<String, String> properties = state.table().properties();
    return Parquet.writeData(target)
        .schema(columns)
        .setAll(properties)
        .withSpec(PartitionSpec.unpartitioned())
        .createWriterFunc(GenericParquetWriter::create)
        .overwrite()
        .build();
  }

  /** Writes a file of position deletes of one data file. */
  static void writeDead(OutputFile target, String dataFile, BitSet dead) {
    try (PositionDeleteWriter<Record> writer =
        Parquet.writeDeletes(target)
            .withSpec(PartitionSpec.unpartitioned())
            .overwrite()
            .buildPositionWriter()) {
      PositionDelete<Record> delete = PositionDelete.create();
      for (int row = dead.nextSetBit(0); row >= 0; row = dead.nextSetBit(row + 1)) {
        writer.write(delete.set(dataFile, row));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not write " + target.location(), e);
    }
  }

  /** Reads one that {@link #writeDead} wrote. */
  static BitSet readDead(InputFile file) {
    BitSet dead = new BitSet();
    Schema positions = new Schema(MetadataColumns.DELETE_FILE_POS);
    try (CloseableIterable<Record> rows =
        RecordFiles.read(file, org.apache.iceberg.FileFormat.PARQUET, positions)) {
      rows.forEach(row -> dead.set(Math.toIntExact((Long) row.get(0))));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + file.location(), e);
    }
    return dead;
  }
}
