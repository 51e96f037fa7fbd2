package io.tidemark.stores.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.error.TidemarkException;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.Lake;
import io.tidemark.stores.lake.LakeFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.OutputFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a backup into an empty folder:
 *
 * <pre>
 * FOLDER/tidemark-backup.json                         {@link BackupManifest}, last of all: without it there is no backup
 * FOLDER/DATABASE/COLLECTION-ID/data/N.parquet        data files
 * FOLDER/DATABASE/COLLECTION-ID/deletes/N.parquet     which of a data file's rows are deleted
 * FOLDER/DATABASE/COLLECTION-ID/indexes/N.puffin      index files
 * </pre>
 *
 * The id keeps collections apart that take each other's name while the backup is written.
 *
 * <p>One that was killed may be begun again in the same folder. Not thread-safe.
 */
public final class BackupWriter {
  private static final Logger LOG = LoggerFactory.getLogger(BackupWriter.class);

  private final FileIO io;
  private final String location;
  private final List<BackupCollection> collections = new ArrayList<>();

  private BackupWriter(FileIO io, String location) {
    this.io = io;
    this.location = location;
  }

  /**
   * @param location of the folder, without a slash at its end
   * @throws TidemarkException INVALID_PARAMETER if it holds a backup already
   */
  public static BackupWriter create(FileIO io, String location) {
    if (io.newInputFile(location + "/" + BackupManifest.FILE).exists()) {
      throw TidemarkException.invalid(
          location + " holds a backup already: choose another folder, or delete it");
    }
    return new BackupWriter(io, location);
  }

  /** Copies a collection's state. */
  public Copied add(Lake lake, CollectionState state) throws InterruptedException {
    CollectionInfo collection = state.tag().collection();
    String folder = Lake.folder(collection) + "/";
    DataFileCopy copies = new DataFileCopy(state);
    List<Callable<BackupFile.Written>> work = new ArrayList<>();
    int number = 0;
    for (LakeFile file : state.files()) {
      String name = number++ + ".parquet";
      work.add(() -> write(copies, state.read(file), folder, name));
    }
    List<BackupFile.Written> files = SideBySide.run(work);
    List<BackupFile.Index> indexes = indexes(lake, state, folder, files);
    collections.add(
        new BackupCollection(
            state.tag().name(),
            state.tag().committedMs(),
            state.tag().positions(),
            state.tag().collection(),
            state.columns(),
            BackupFile.Written.files(files),
            indexes));
    return new Copied(
        state.tag().collection().id(),
        files.size(),
        files.stream().mapToLong(file -> file.file().rows() - file.dead()).sum(),
        files.stream().mapToLong(file -> file.file().digest().bytes()).sum(),
        indexes.size());
  }

  private BackupFile.Written write(
      DataFileCopy copies, StateFile source, String folder, String name) {
    String file = folder + "data/" + name;
    CopiedFile copy = copies.copy(source, io.newOutputFile(location + "/" + file));
    String deletes = null;
    Digest digest = null;
    if (!copy.dead().isEmpty()) {
      deletes = folder + "deletes/" + name;
      OutputFile target = io.newOutputFile(location + "/" + deletes);
      DataFileCopy.writeDead(target, file, copy.dead());
      digest = Digest.of(target.toInputFile());
    }
    return new BackupFile.Written(
        new BackupFile(file, copy.digest(), copy.rows(), deletes, digest),
        copy.source(),
        copy.dead().cardinality());
  }

  private List<BackupFile.Index> indexes(
      Lake lake, CollectionState state, String folder, List<BackupFile.Written> files)
      throws InterruptedException {
    Map<String, BackupFile> bySource = new HashMap<>();
    files.forEach(file -> bySource.put(file.source(), file.file()));
    Map<String, Long> alive =
        files.stream()
            .collect(
                Collectors.toMap(
                    BackupFile.Written::source, file -> file.file().rows() - file.dead()));
    List<SegmentIndex> covering = state.indexes(lake, alive);
    Map<String, String> names = new HashMap<>();
    List<Callable<Optional<BackupFile.Index>>> work = new ArrayList<>();
    for (SegmentIndex index : covering) {
      if (names.putIfAbsent(index.file(), folder + "indexes/" + names.size() + ".puffin") == null) {
        String to = Objects.requireNonNull(names.get(index.file()));
        work.add(() -> copy(lake, index, to));
      }
    }
    Map<String, Digest> copied = new HashMap<>();
    for (Optional<BackupFile.Index> copy : SideBySide.run(work)) {
      copy.ifPresent(index -> copied.put(index.index().file(), index.digest()));
    }
    List<BackupFile.Index> indexes = new ArrayList<>();
    for (SegmentIndex index : covering) {
      Digest digest = copied.get(index.file());
      List<SegmentIndex.SourceFile> sources = sources(index, bySource);
      if (digest != null && sources.size() == index.sources().size()) {
        indexes.add(
            new BackupFile.Index(
                digest,
                Assembly.of(
                    index,
                    index.collectionId(),
                    sources,
                    Objects.requireNonNull(names.get(index.file())))));
      }
    }
    return indexes;
  }

  private static List<SegmentIndex.SourceFile> sources(
      SegmentIndex index, Map<String, BackupFile> bySource) {
    List<SegmentIndex.SourceFile> sources = new ArrayList<>();
    for (SegmentIndex.SourceFile source : index.sources()) {
      BackupFile copy = bySource.get(source.path());
      if (copy != null && copy.rows() == source.rows()) {
        sources.add(new SegmentIndex.SourceFile(copy.file(), copy.rows()));
      }
    }
    return sources;
  }

  /** Empty if it cannot be read: an index is derived, and one that is missing is built anew. */
  private Optional<BackupFile.Index> copy(Lake lake, SegmentIndex index, String to) {
    try {
      Digest digest =
          Digest.copy(
              lake.registry().io().newInputFile(index.file()),
              io.newOutputFile(location + "/" + to));
      if (digest.bytes() == index.fileBytes()) {
        return Optional.of(new BackupFile.Index(digest, index));
      }
      LOG.warn(
          "index file is not what was registered, it is not backed up file={} bytes={} expected={}",
          index.file(),
          digest.bytes(),
          index.fileBytes());
    } catch (RuntimeException e) {
      LOG.warn("index file cannot be backed up, it will be built anew file={}", index.file(), e);
    }
    return Optional.empty();
  }

  /** Writes the table of contents: from here on the backup counts. */
  public void finish() {
    String manifest = BackupManifest.encode(System.currentTimeMillis(), collections);
    OutputFile file = io.newOutputFile(location + "/" + BackupManifest.FILE);
    try (OutputStream out = file.create()) {
      out.write(manifest.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Could not write " + file.location(), e);
    }
  }
}
