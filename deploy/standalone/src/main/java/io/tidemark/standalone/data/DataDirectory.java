package io.tidemark.standalone.data;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds everything a standalone Tidemark keeps, locked by the process that uses it.
 *
 * <pre>
 * FORMAT          the format version, a decimal number and a newline
 * LOCK            locked while a process runs; holds its id
 * kafka/          the log
 * catalog.db      the lake's catalog
 * warehouse/      the lake's tables
 * checkpoints/    of the ingest job
 * cache/          column caches and downloaded indexes; can be deleted while nothing runs
 * logs/  run/     log files; what the running process says of itself
 * </pre>
 *
 * A folder of a newer format, or one that another process uses, is refused before anything in it is
 * touched.
 */
public final class DataDirectory implements AutoCloseable {
  /** Raised when an older Tidemark could no longer read what this one writes. */
  public static final int FORMAT = 1;

  private final Path root;
  private final FileChannel lockFile;
  private final FileLock lock;

  private DataDirectory(Path root, FileChannel lockFile, FileLock lock) {
    this.root = root;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Opens or creates the folder.
   *
   * @throws DataDirectoryException if it is in use, of a newer format, or not a Tidemark folder
   */
  public static DataDirectory open(Path path) {
    Path root = path.toAbsolutePath().normalize();
    try {
      checkFormat(root);
      Files.createDirectories(root);
      FileChannel file =
          FileChannel.open(
              root.resolve("LOCK"),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      FileLock lock = tryLock(file);
      if (lock == null) {
        String holder = Files.readString(root.resolve("LOCK")).trim();
        file.close();
        throw new DataDirectoryException(
            "the data directory "
                + root
                + " is in use by process "
                + (holder.isEmpty() ? "(unknown)" : holder)
                + ": stop it with 'tidemark stop --data "
                + root
                + "', or give another --data");
      }
      file.truncate(0);
      file.write(
          java.nio.ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n")
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
      writeFormat(root);
      for (String folder :
          new String[] {"kafka", "warehouse", "checkpoints", "cache", "logs", "run"}) {
        Files.createDirectories(root.resolve(folder));
      }
      return new DataDirectory(root, file, lock);
    } catch (IOException e) {
      throw new DataDirectoryException(
          "cannot use the data directory " + root + ": " + e + ". Give another with --data", e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static void checkFormat(Path root) throws IOException {
    Path format = root.resolve("FORMAT");
    if (Files.exists(format)) {
      String text = Files.readString(format).trim();
      int found = text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
      if (found != FORMAT) {
        throw new DataDirectoryException(
            "the data directory "
                + root
                + " has format '"
                + text
                + "', this Tidemark reads format "
                + FORMAT
                + ": use the Tidemark that wrote it, or give another --data. Nothing was touched");
      }
      return;
    }
    if (Files.isDirectory(root)) {
      try (var entries = Files.list(root)) {
        if (entries.anyMatch(entry -> !isExpected(entry))) {
          throw new DataDirectoryException(
              "the folder "
                  + root
                  + " is not empty and is no Tidemark data directory (it has no file FORMAT): give an empty or new folder with --data");
        }
      }
    }
  }

  /** What a failed start leaves, or a data directory of its own, like the demo's in data/demo. */
  private static boolean isExpected(Path entry) {
    return switch (entry.getFileName().toString()) {
      case "LOCK", "logs", "run" -> true;
      default -> Files.exists(entry.resolve("FORMAT"));
    };
  }

  private static void writeFormat(Path root) throws IOException {
    Path format = root.resolve("FORMAT");
    if (!Files.exists(format)) {
      Path draft = root.resolve("run.FORMAT.tmp");
      Files.writeString(draft, FORMAT + "\n");
      Files.move(draft, format, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  public Path root() {
    return root;
  }

  public Path kafka() {
    return root.resolve("kafka");
  }

  public Path catalog() {
    return root.resolve("catalog.db");
  }

  public Path warehouse() {
    return root.resolve("warehouse");
  }

  public Path checkpoints() {
    return root.resolve("checkpoints");
  }

  public Path cache() {
    return root.resolve("cache");
  }

  public Path run() {
    return root.resolve("run");
  }

  @Override
  public void close() {
    try {
      lock.release();
      lockFile.close();
    } catch (IOException e) {
      throw new DataDirectoryException("cannot release the lock of " + root, e);
    }
  }
}
