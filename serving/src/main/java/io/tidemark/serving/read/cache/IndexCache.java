package io.tidemark.serving.read.cache;

import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.puffin.PuffinReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registered index files on local disk. Those of a local lake are read where they are; others are
 * downloaded once to {@code DIRECTORY/COLLECTION_ID/NAME}, their name being used only once, under
 * another name first. Whatever is read has been compared with the registered length and checksum
 * just before: a torn or altered copy is downloaded again. Thread-safe.
 */
public final class IndexCache {
  private static final Logger LOG = LoggerFactory.getLogger(IndexCache.class);
  private static final String LOCAL = "file:";

  /** Each is one request. */
  private static final int BUFFER = 8 << 20;

  /** What the store sent may have been altered on the way, so it is asked once more. */
  private static final int DOWNLOADS_MAX = 2;

  private static final int LOCKS = 64;

  private final Path directory;
  private final CacheSpace space;
  private final FileIO lake;
  private final Object[] locks = Stream.generate(Object::new).limit(LOCKS).toArray();
  private final LongAdder downloads = new LongAdder();
  private final LongAdder damaged = new LongAdder();

  /** Reads an index from a file that is whole and stays until this returns. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(Path file) throws IOException;
  }

  /**
   * @param directory of the copies, below the one that {@code space} bounds; need not exist
   * @param lake where the files are
   */
  public IndexCache(Path directory, CacheSpace space, FileIO lake) {
    this.directory = directory;
    this.space = space;
    this.lake = lake;
  }

  /**
   * @throws IOException if the file is not byte for byte the one that was registered, or cannot be
   *     had; also what {@code reader} throws
   */
  public <T> T read(SegmentIndex index, Reader<T> reader) throws IOException {
    if (index.file().startsWith(LOCAL) || index.file().startsWith("/")) {
      // Iceberg's local locations are paths behind file:, with nothing escaped.
      Path file = Path.of(index.file().replaceFirst("^file:/+", "/"));
      verify(file, index);
      return reader.read(file);
    }
    Path copy = copy(index);
    synchronized (locks[Math.floorMod(copy.hashCode(), LOCKS)]) {
      space.pin(copy);
      try {
        if (!isWhole(copy, index)) {
          download(index, copy);
        }
        space.used(copy);
        return reader.read(copy);
      } finally {
        space.unpin(copy);
      }
    }
  }

  private Path copy(SegmentIndex index) {
    String name = index.file().substring(index.file().lastIndexOf('/') + 1);
    return directory.resolve(Long.toString(index.collectionId())).resolve(name);
  }

  private boolean isWhole(Path copy, SegmentIndex index) throws IOException {
    if (!Files.exists(copy)) {
      return false;
    }
    try {
      verify(copy, index);
      return true;
    } catch (IOException e) {
      LOG.warn("cached index file is damaged, downloading it again: {}", e.getMessage());
      Files.deleteIfExists(copy);
      space.gone(copy);
      return false;
    }
  }

  private void download(SegmentIndex index, Path copy) throws IOException {
    Files.createDirectories(copy.getParent());
    space.makeRoom(index.fileBytes());
    for (int attempt = 1; ; attempt++) {
      Path temporary = copy.resolveSibling(copy.getFileName() + "." + UUID.randomUUID() + ".tmp");
      try {
        fetch(index.file(), index.fileBytes(), temporary);
        verify(temporary, index);
        Files.move(temporary, copy, StandardCopyOption.ATOMIC_MOVE);
        return;
      } catch (AtomicMoveNotSupportedException e) {
        throw new IOException("cache directory " + directory + " is unfit: " + e.getMessage(), e);
      } catch (DamagedException e) {
        if (attempt == DOWNLOADS_MAX) {
          throw e;
        }
        LOG.warn("index file was damaged, downloading it again: {}", e.getMessage());
      } finally {
        Files.deleteIfExists(temporary);
      }
    }
  }

  private void fetch(String location, long bytes, Path target) throws IOException {
    downloads.increment();
    byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1, bytes))];
    try (InputStream in = lake.newInputFile(location).newStream();
        OutputStream out = Files.newOutputStream(target)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
      }
    } catch (RuntimeException e) {
      throw new IOException("index file " + location + " cannot be had: " + e.getMessage(), e);
    }
  }

  private static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
      super(message);
    }
  }

  private void verify(Path file, SegmentIndex index) throws IOException {
    long bytes = Files.size(file);
    if (bytes != index.fileBytes()) {
      damaged.increment();
      throw new DamagedException(
          file + " has " + bytes + " bytes, registered are " + index.fileBytes());
    }
    long checksum = PuffinReader.checksum(file);
    if (checksum != index.checksum()) {
      damaged.increment();
      throw new DamagedException(
          file + " has checksum " + checksum + ", registered is " + index.checksum());
    }
  }

  /** Removes the copies of a collection's files. */
  public void remove(long collectionId) {
    Path folder = directory.resolve(Long.toString(collectionId));
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> copies = Files.list(folder)) {
      for (Path copy : copies.toList()) {
        Files.deleteIfExists(copy);
        space.gone(copy);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // Only disk space is lost, and only until it is needed.
      LOG.warn("index files of a dropped collection stay in {}: {}", folder, e.toString());
    }
  }

  /** Files fetched since the start. */
  public long downloads() {
    return downloads.sum();
  }

  /** Files, copies or not, that were found torn or altered since the start. */
  public long damaged() {
    return damaged.sum();
  }
}
