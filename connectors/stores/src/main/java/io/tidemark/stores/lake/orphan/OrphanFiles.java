package io.tidemark.stores.lake.orphan;

import io.tidemark.stores.lake.TableFiles;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes files that nothing names. What is named is looked up <em>after</em> the files were
 * listed, so a file that is named in between is seen to be; one that is written later is not in the
 * list. A file that is not named <em>yet</em> is known by its {@link PendingTime}. Stateless.
 */
public final class OrphanFiles {
  private static final Logger LOG = LoggerFactory.getLogger(OrphanFiles.class);

  private OrphanFiles() {}

  /** What was deleted, and how many unnamed files were spared because they may be pending. */
  public record Deleted(int files, long bytes, int spared) {
    public static final Deleted NONE = new Deleted(0, 0, 0);

    public Deleted plus(Deleted more) {
      return new Deleted(files + more.files, bytes + more.bytes, spared + more.spared);
    }
  }

  /**
   * Deletes the data, delete and metadata files below a table's location that its metadata does not
   * name. Nothing if the table's files cannot be listed.
   */
  public static Deleted ofTable(Table table, PendingTime pending) {
    if (!(table.io() instanceof SupportsPrefixOperations files)) {
      LOG.warn("files cannot be listed, orphans stay table={}", table.name());
      return Deleted.NONE;
    }
    List<FileInfo> found = list(files, table.location());
    TableFiles named = TableFiles.of(table);
    return delete(
        table.io(),
        found,
        file -> !named.names(file),
        file -> pending.mayBePending(file, named.committedMs()));
  }

  /**
   * Deletes files below a folder.
   *
   * @param lookUp asked once all files are listed: of which locations nothing names the file
   */
  public static Deleted below(
      FileIO io, String prefix, Supplier<Predicate<String>> lookUp, PendingTime pending) {
    return below(io, List.of(prefix), lookUp, pending);
  }

  /**
   * Deletes files below several folders, for which one look is enough.
   *
   * @param lookUp asked once the files of all folders are listed, if there are any: of which
   *     locations nothing names the file
   */
  public static Deleted below(
      FileIO io,
      Collection<String> prefixes,
      Supplier<Predicate<String>> lookUp,
      PendingTime pending) {
    if (!(io instanceof SupportsPrefixOperations files)) {
      LOG.warn("files cannot be listed, orphans stay prefixes={}", prefixes);
      return Deleted.NONE;
    }
    List<FileInfo> found = new ArrayList<>();
    prefixes.forEach(prefix -> found.addAll(list(files, prefix)));
    if (found.isEmpty()) {
      return Deleted.NONE;
    }
    return delete(io, found, lookUp.get(), file -> pending.isYoung(file.createdAtMillis()));
  }

  private static List<FileInfo> list(SupportsPrefixOperations files, String prefix) {
    // With a slash, so that another folder whose name only begins like this one is left alone.
    List<FileInfo> found = new ArrayList<>();
    files.listPrefix(prefix.endsWith("/") ? prefix : prefix + "/").forEach(found::add);
    return found;
  }

  private static Deleted delete(
      FileIO io, List<FileInfo> found, Predicate<String> unnamed, Predicate<FileInfo> pending) {
    int deleted = 0;
    long bytes = 0;
    int spared = 0;
    for (FileInfo file : found) {
      if (!unnamed.test(file.location())) {
        continue;
      }
      if (pending.test(file)) {
        spared++;
      } else if (delete(io, file)) {
        deleted++;
        bytes += file.size();
      }
    }
    return new Deleted(deleted, bytes, spared);
  }

  private static boolean delete(FileIO io, FileInfo file) {
    try {
      io.deleteFile(file.location());
      LOG.info("orphan deleted location={} bytes={}", file.location(), file.size());
      return true;
    } catch (NotFoundException e) {
      LOG.debug("orphan is gone already location={}", file.location());
      return false;
    }
  }
}
