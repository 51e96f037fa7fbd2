package io.tidemark.serving.read.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the bytes of the files below one directory: to make room, those go that were used longest
 * ago. Files in a held folder stay, as does a file that is being read, so the bound is passed where
 * these alone take more. When a file was used last is its time of modification, so the order
 * outlives the process. The directory belongs to one process. Thread-safe.
 */
public final class CacheSpace {
  private static final Logger LOG = LoggerFactory.getLogger(CacheSpace.class);
  private static final String TEMPORARY = ".tmp";

  private final long bytesMax;

  // Guarded by this. Sizes by file, the one used longest ago first.
  private final LinkedHashMap<Path, Long> files = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<Path> heldFolders = new HashSet<>();
  private final Map<Path, Integer> inUse = new HashMap<>();
  private long bytes;
  private long evictions;
  private boolean told;

  private CacheSpace(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /**
   * Takes stock of what a process before has left, and removes what it left half written.
   *
   * @param directory need not exist yet
   */
  public static CacheSpace open(Path directory, long bytesMax) {
    CacheSpace space = new CacheSpace(bytesMax);
    space.takeStock(directory);
    space.makeRoom(0);
    return space;
  }

  static CacheSpace unbounded() {
    return new CacheSpace(Long.MAX_VALUE);
  }

  private record Found(Path file, long bytes, FileTime used) {}

  private synchronized void takeStock(Path directory) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Found> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              if (file.toString().endsWith(TEMPORARY)) {
                Files.deleteIfExists(file);
              } else {
                found.add(new Found(file, attributes.size(), attributes.lastModifiedTime()));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cache " + directory + " cannot be read", e);
    }
    found.sort(Comparator.comparing(Found::used));
    found.forEach(file -> add(file.file(), file.bytes()));
  }

  private void add(Path file, long size) {
    Long before = files.put(file, size);
    bytes += size - (before == null ? 0 : before);
  }

  /** Evicts until {@code more} bytes fit, or nothing is left that may go. */
  synchronized boolean makeRoom(long more) {
    if (more <= bytesMax - bytes) {
      return true;
    }
    evict(more);
    boolean fits = more <= bytesMax - bytes;
    if (!fits && !told) {
      told = true;
      LOG.warn(
          "cache is over its bound, what is loaded takes more: bytes={} wanted={} bytes_max={}",
          bytes,
          more,
          bytesMax);
    }
    return fits;
  }

  /** Evicts all that may go: the disk is full. */
  synchronized void makeAllRoom() {
    evict(Long.MAX_VALUE);
  }

  private void evict(long more) {
    Iterator<Map.Entry<Path, Long>> oldestFirst = files.entrySet().iterator();
    while (more > bytesMax - bytes && oldestFirst.hasNext()) {
      Map.Entry<Path, Long> entry = oldestFirst.next();
      Path file = entry.getKey();
      if (inUse.containsKey(file) || heldFolders.contains(file.getParent())) {
        continue;
      }
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        LOG.warn("cached file could not be evicted file={}", file, e);
        continue;
      }
      oldestFirst.remove();
      bytes -= entry.getValue();
      evictions++;
      LOG.info("cached file evicted file={} bytes={}", file, entry.getValue());
    }
  }

  /** A file is there and in use now. */
  void used(Path file) throws IOException {
    synchronized (this) {
      add(file, Files.size(file));
    }
    Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
  }

  /** Keeps a file, there already or soon, until it is {@linkplain #unpin let go}. */
  synchronized void pin(Path file) {
    inUse.merge(file, 1, Integer::sum);
  }

  synchronized void unpin(Path file) {
    inUse.computeIfPresent(file, (path, times) -> times == 1 ? null : times - 1);
  }

  /** Keeps a folder's files until it is {@linkplain #letGo let go}. */
  synchronized void hold(Path folder) {
    heldFolders.add(folder);
  }

  synchronized void letGo(Path folder) {
    heldFolders.remove(folder);
    told = false;
    makeRoom(0);
  }

  /** A file was deleted. */
  synchronized void gone(Path file) {
    Long size = files.remove(file);
    bytes -= size == null ? 0 : size;
  }

  /** Of all files, those in use included. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Files that have made room for others, since the start. */
  public synchronized long evictions() {
    return evictions;
  }
}
