package io.tidemark.stores.lake;

import io.tidemark.stores.record.RecordFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.data.DeleteFilter;
import org.apache.iceberg.data.DeleteLoader;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DeleteSchemaUtil;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.util.StructLikeSet;

/** Iceberg's own filter for equality deletes, on records read without its format registry. */
final class RecordDeletes extends DeleteFilter<Record> {
  private final FileIO io;
  private final InternalRecordWrapper wrapper;

  /**
   * @param deletes by equality
   * @param wanted columns of the rows beside those that are compared
   */
  RecordDeletes(FileIO io, String path, List<DeleteFile> deletes, Schema schema, Schema wanted) {
    super(path, deletes, schema, wanted);
    this.io = io;
    this.wrapper = new InternalRecordWrapper(requiredSchema().asStruct());
  }

  @Override
  protected StructLike asStructLike(Record row) {
    return wrapper.wrap(row);
  }

  @Override
  protected InputFile getInputFile(String location) {
    return io.newInputFile(location);
  }

  @Override
  protected DeleteLoader newDeleteLoader() {
    return new DeleteLoader() {
      @Override
      public StructLikeSet loadEqualityDeletes(Iterable<DeleteFile> deletes, Schema keys) {
        return keys(deletes, keys);
      }

      @Override
      public PositionDeleteIndex loadPositionDeletes(
          Iterable<DeleteFile> deletes, CharSequence path) {
        throw new IllegalStateException("only equality deletes were given");
      }
    };
  }

  private StructLikeSet keys(Iterable<DeleteFile> deletes, Schema schema) {
    StructLikeSet keys = StructLikeSet.create(schema.asStruct());
    for (DeleteFile delete : deletes) {
      try (CloseableIterable<Record> rows =
          RecordFiles.read(io.newInputFile(delete), delete.format(), schema)) {
        for (Record row : rows) {
          keys.add(new InternalRecordWrapper(schema.asStruct()).copyFor(row));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Could not read deletes " + delete.location(), e);
      }
    }
    return keys;
  }

  /** Adds the positions that position deletes and deletion vectors kill in a data file. */
  static void addPositions(FileIO io, List<DeleteFile> deletes, String path, BitSet dead) {
    for (DeleteFile delete : deletes) {
      if (delete.format() == FileFormat.PUFFIN) {
        new BaseDeleteLoader(io::newInputFile)
            .loadPositionDeletes(List.of(delete), path)
            .forEach(position -> dead.set(Math.toIntExact(position)));
      } else {
        addPositions(io, delete, path, dead);
      }
    }
  }

  private static void addPositions(FileIO io, DeleteFile delete, String path, BitSet dead) {
    try (CloseableIterable<Record> rows =
        RecordFiles.read(
            io.newInputFile(delete), delete.format(), DeleteSchemaUtil.pathPosSchema())) {
      for (Record row : rows) {
        if (path.contentEquals((CharSequence) row.get(0))) {
          dead.set(Math.toIntExact((Long) row.get(1)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read deletes " + delete.location(), e);
    }
  }
}
