package io.tidemark.stores.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.NewCollection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/**
 * A whole backup, whose table of contents was checked. Its files are checked as they are copied: a
 * collection of which one byte is not as it was is not restored. Thread-safe.
 */
public final class Backup {
  private final FileIO io;
  private final String location;
  private final List<BackupCollection> collections;

  private Backup(FileIO io, String location, List<BackupCollection> collections) {
    this.io = io;
    this.location = location;
    this.collections = List.copyOf(collections);
  }

  /**
   * @param location of the folder, without a slash at its end
   * @throws TidemarkException INVALID_PARAMETER if there is no backup, or an unfinished one;
   *     UNEXPECTED if its table of contents is damaged
   */
  public static Backup open(FileIO io, String location) {
    String manifest = location + "/" + BackupManifest.FILE;
    InputFile file = io.newInputFile(manifest);
    if (!file.exists()) {
      throw TidemarkException.invalid(
          location
              + " holds no whole backup: "
              + BackupManifest.FILE
              + ", which is written last, is not there");
    }
    try (InputStream in = file.newStream()) {
      String text = new String(in.readAllBytes(), UTF_8);
      return new Backup(io, location, BackupManifest.decode(manifest, text));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + manifest, e);
    }
  }

  public List<BackupCollection> collections() {
    return collections;
  }

  /**
   * Makes a collection of this backup's, with all its rows and indexes, or not at all.
   *
   * @param target whose pchannels will carry no record up to the backup's positions any more
   * @throws TidemarkException INVALID_PARAMETER if the name is taken, DATABASE_NOT_FOUND;
   *     UNEXPECTED if a file is not as it was backed up
   */
  public Copied restore(Lake lake, BackupCollection collection, CopyTarget target)
      throws InterruptedException {
    NewCollection made =
        lake.newCollection(
            target.info(collection.info()), collection.columns(), collection.positions());
    Assembly assembly = new Assembly(lake, made);
    try {
      List<Callable<CopiedFile>> work = new ArrayList<>();
      for (BackupFile file : collection.files()) {
        work.add(() -> restore(file, assembly));
      }
      List<CopiedFile> files = SideBySide.run(work);
      return assembly.commit(files, indexes(collection, assembly));
    } catch (RuntimeException | Error | InterruptedException e) {
      assembly.undo();
      throw e;
    }
  }

  private CopiedFile restore(BackupFile file, Assembly assembly) {
    OutputFile target = assembly.newDataFile();
    copy(file.file(), file.digest(), target);
    BitSet dead = new BitSet();
    if (file.deletes() != null && file.deletesDigest() != null) {
      InputFile deletes = input(file.deletes());
      file.deletesDigest().require(digest(deletes), deletes.location());
      dead = DataFileCopy.readDead(deletes);
    }
    return new CopiedFile(file.file(), target.location(), file.digest(), file.rows(), dead);
  }

  private List<SegmentIndex> indexes(BackupCollection collection, Assembly assembly)
      throws InterruptedException {
    Map<String, OutputFile> targets = new HashMap<>();
    List<Callable<Boolean>> work = new ArrayList<>();
    for (BackupFile.Index index : collection.indexes()) {
      String file = index.index().file();
      if (!targets.containsKey(file)) {
        OutputFile target = assembly.newIndexFile(file);
        targets.put(file, target);
        work.add(() -> {
          copy(file, index.digest(), target);
          return true;
        });
      }
    }
    var unused = SideBySide.run(work);
    return collection.indexes().stream()
        .map(BackupFile.Index::index)
        .map(index ->
            Assembly.of(
                index,
                index.collectionId(),
                index.sources(),
                Objects.requireNonNull(targets.get(index.file())).location()))
        .toList();
  }

  private void copy(String file, Digest expected, OutputFile target) {
    InputFile input = input(file);
    requireThere(input);
    expected.require(Digest.copy(input, target), input.location());
  }

  private static Digest digest(InputFile file) {
    requireThere(file);
    return Digest.of(file);
  }

  private static void requireThere(InputFile file) {
    if (!file.exists()) {
      throw new TidemarkException(
          ErrorCode.UNEXPECTED,
          file.location() + " is missing in the backup; take another copy of the backup");
    }
  }

  private InputFile input(String file) {
    if (file.startsWith("/") || file.contains("..")) {
      throw TidemarkException.invalid(
          "backup " + location + " names " + file + ", which is outside its folder");
    }
    return io.newInputFile(location + "/" + file);
  }
}
