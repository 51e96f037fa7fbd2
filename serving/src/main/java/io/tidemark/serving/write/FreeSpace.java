package io.tidemark.serving.write;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Refuses new rows while the disk that log and caches lie on is nearly full: a broker that meets a
 * full disk halts, and what is written by then is cut off. Deletes go on, since they make room in
 * the end. Thread-safe.
 */
public final class FreeSpace {
  /** Of a disk that is watched by somebody else. */
  public static final FreeSpace UNWATCHED = new FreeSpace(() -> Long.MAX_VALUE, "", 0);

  private static final long MIB = 1 << 20;

  private final Usable usable;
  private final String folder;
  private final long bytesMin;

  /** How many bytes can still be written. */
  @FunctionalInterface
  interface Usable {
    long bytes() throws IOException;
  }

  FreeSpace(Usable usable, String folder, long bytesMin) {
    this.usable = usable;
    this.folder = folder;
    this.bytesMin = bytesMin;
  }

  /**
   * @param folder that exists, on the disk in question
   * @param bytesMin below so many free bytes new rows are refused
   */
  public static FreeSpace on(Path folder, long bytesMin) {
    try {
      FileStore disk = Files.getFileStore(folder);
      return new FreeSpace(disk::getUsableSpace, folder.toString(), bytesMin);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @throws TidemarkException QUOTA_EXCEEDED if there is too little
   */
  void require() {
    long free;
    try {
      free = usable.bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (free < bytesMin) {
      throw new TidemarkException(
          ErrorCode.QUOTA_EXCEEDED,
          "no new rows are taken: the disk of "
              + folder
              + " has "
              + free / MIB
              + " MiB left, fewer than the "
              + bytesMin / MIB
              + " MiB of --disk-free-mb; make room, then try again (deletes and reads go on)");
    }
  }
}
