package io.tidemark.serving.read.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The column cache: {@code DIRECTORY/COLLECTION_ID/HASH.columns}, one {@linkplain ColumnCacheFile
 * file} per data file, {@code HASH} being the start of the SHA-256 of the data file's location.
 * Data files never change, so neither do these. All of it can be rebuilt from the lake.
 * Thread-safe.
 */
public final class ColumnCache {
  private static final Logger LOG = LoggerFactory.getLogger(ColumnCache.class);
  private static final String SUFFIX = ".columns";
  private static final int NAME_BYTES = 16;

  private final Path directory;
  private final CacheSpace space;
  private final LongAdder damaged = new LongAdder();

  /** Without a bound. */
  public ColumnCache(Path directory) {
    this(directory, CacheSpace.unbounded());
  }

  /** Files are made below {@code directory}, which need not exist yet. */
  public ColumnCache(Path directory, CacheSpace space) {
    this.directory = directory;
    this.space = space;
  }

  /**
   * Keeps the collection's files, whose rows are mapped, until it is {@linkplain #letGo let go}.
   */
  public void hold(long collectionId) {
    space.hold(folder(collectionId));
  }

  /** The collection's files may make room for others from now on. */
  public void letGo(long collectionId) {
    space.letGo(folder(collectionId));
  }

  /** Files that were found torn or altered since the start. */
  public long damaged() {
    return damaged.sum();
  }

  /**
   * The rows of a data file, mapped: from the cache if it has them whole, else by way of {@code
   * lake}, whose answer is written to the cache first.
   *
   * @param rows the data file has; a cached one with another number is built anew
   * @throws UncheckedIOException if the cache cannot be written
   */
  public FileRows get(long collectionId, String location, long rows, Supplier<FileRows> lake) {
    Path file = file(collectionId, location);
    try {
      FileRows cached = ColumnCacheFile.open(file);
      if (cached.size() == rows) {
        space.used(file);
        return cached;
      }
      damaged.increment();
      LOG.warn("Column cache has another number of rows, building it anew: {}", file);
    } catch (NoSuchFileException e) {
      LOG.debug("Not cached yet: {}", location);
    } catch (IOException e) {
      damaged.increment();
      LOG.warn("Column cache file is damaged, building it anew: {}: {}", file, e.getMessage());
    }
    FileRows built = lake.get();
    try {
      write(file, built);
      FileRows mapped = ColumnCacheFile.open(file);
      space.used(file);
      return mapped;
    } catch (IOException e) {
      throw new UncheckedIOException("column cache of " + location + " in " + directory, e);
    }
  }

  private void write(Path file, FileRows rows) throws IOException {
    Files.createDirectories(file.getParent());
    space.makeRoom(ColumnCacheFile.bytes(rows));
    try {
      ColumnCacheFile.write(file, rows);
    } catch (IOException e) {
      LOG.warn("Column cache file could not be written, making all room there is: {}", file, e);
      space.makeAllRoom();
      ColumnCacheFile.write(file, rows);
    }
  }

  /** Removes what is cached of the collection's other data files. Rows in use stay readable. */
  public void retain(long collectionId, Collection<String> locations) {
    Set<String> names = new HashSet<>();
    locations.forEach(location -> names.add(name(location)));
    delete(folder(collectionId), names);
  }

  /** Removes all that is cached of the collection. */
  public void remove(long collectionId) {
    delete(folder(collectionId), Set.of());
  }

  /** The collections of which something is cached, by id. */
  public Set<Long> collections() {
    Set<Long> ids = new TreeSet<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(directory)) {
        for (Path folder : folders) {
          if (folder.getFileName().toString().matches("\\d{1,18}|\\d{19}")) {
            ids.add(Long.parseLong(folder.getFileName().toString()));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return ids;
  }

  private void delete(Path folder, Set<String> except) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (!except.contains(file.getFileName().toString())) {
          Files.deleteIfExists(file);
          space.gone(file);
        }
      }
      if (except.isEmpty()) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Only disk space is lost, and the next snapshot tries again.
      LOG.warn("Column cache files of vanished data files stay in {}: {}", folder, e.toString());
    }
  }

  private Path folder(long collectionId) {
    return directory.resolve(Long.toString(collectionId));
  }

  Path file(long collectionId, String location) {
    return folder(collectionId).resolve(name(location));
  }

  private static String name(String location) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(location.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash, 0, NAME_BYTES) + SUFFIX;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
