package io.tidemark.stores.lake;

import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/**
 * The file of a catalog on SQLite, lost or damaged. It alone says which tables there are: a new one
 * in its place would know none of those in the warehouse. Catalogs elsewhere pass. Stateless.
 */
public final class SqliteCatalog {
  private static final String SCHEME = "jdbc:sqlite:";
  private static final String METADATA_FOLDER = "metadata";
  private static final String METADATA_FILE = ".metadata.json";

  /** SQLite's primary result codes; the bits above the lowest eight tell more. */
  private static final int CORRUPT = 11;

  private static final int NOT_A_DATABASE = 26;
  private static final int PRIMARY_BITS = 0xff;

  private SqliteCatalog() {}

  /**
   * Looks at files only, and makes none. Tidemark's own tables do not count: they are made anew.
   *
   * @throws TidemarkException UNEXPECTED if the file is missing or empty, while a local warehouse
   *     holds tables
   */
  public static void requirePresent(LakeConfig config) {
    Optional<Path> file = file(config);
    if (file.isEmpty() || !config.local() || hasBytes(file.get())) {
      return;
    }
    Path warehouse = LocalFileIO.path(config.warehouse());
    SortedSet<Path> tables = tables(warehouse);
    if (!tables.isEmpty()) {
      throw new TidemarkException(
          ErrorCode.UNEXPECTED,
          (Files.exists(file.get())
                  ? "the catalog " + file.get() + " is empty"
                  : "there is no catalog " + file.get())
              + ", but the warehouse "
              + warehouse
              + " holds "
              + (tables.size() == 1 ? "1 table, " : tables.size() + " tables, such as ")
              + tables.first()
              + ". Only the catalog says which tables there are, a new one would know none of these: put it back from a copy; or, to begin anew, start with another --data, or move the warehouse away");
    }
  }

  /**
   * Reads the whole file, of which each table has a row; one that is missing passes.
   *
   * @throws TidemarkException UNEXPECTED if it is no SQLite file, or malformed
   */
  public static void requireSound(LakeConfig config) {
    if (file(config).filter(SqliteCatalog::hasBytes).isEmpty()) {
      return;
    }
    try (Connection connection = DriverManager.getConnection(config.catalogUri());
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("PRAGMA quick_check(1)")) {
      if (found.next() && !"ok".equals(found.getString(1))) {
        throw damaged(config, found.getString(1).replaceAll("\\s*\n\\s*", " "), null);
      }
    } catch (SQLException e) {
      if (isDamage(e)) {
        throw damaged(config, e.getMessage(), e);
      }
      // Locked, not readable: whoever opens the catalog next waits, or says so.
    }
  }

  /** The failure, or what it means if the file is damaged. */
  static RuntimeException explained(LakeConfig config, RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (isDamage(cause)) {
        return damaged(config, cause.getMessage(), failure);
      }
    }
    return failure;
  }

  private static boolean isDamage(Throwable failure) {
    if (!(failure instanceof SQLiteException e)) {
      return false;
    }
    int code = e.getResultCode().code & PRIMARY_BITS;
    return code == CORRUPT || code == NOT_A_DATABASE;
  }

  private static TidemarkException damaged(
      LakeConfig config, @Nullable String what, @Nullable Throwable cause) {
    String file = file(config).map(Path::toString).orElseGet(config::catalogUri);
    return new TidemarkException(
        ErrorCode.UNEXPECTED,
        "the catalog "
            + file
            + " is damaged ("
            + what
            + "). It says which tables there are; tables and log themselves are untouched: put a copy of it back, and remove "
            + file
            + "-wal and -shm if they are not the copy's",
        cause);
  }

  /** Of a catalog in one file that has a name. */
  private static Optional<Path> file(LakeConfig config) {
    if (!config.catalogUri().startsWith(SCHEME)) {
      return Optional.empty();
    }
    String path = config.catalogUri().substring(SCHEME.length()).replaceFirst("\\?.*", "");
    // In memory, in a jar, or SQLite's own kind of URI.
    boolean other = path.isEmpty() || path.startsWith(":") || path.startsWith("file:");
    return other ? Optional.empty() : Optional.of(Path.of(path));
  }

  private static boolean hasBytes(Path file) {
    try {
      return Files.exists(file) && Files.size(file) > 0;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the catalog " + file, e);
    }
  }

  /** Folders with an Iceberg metadata file, but for Tidemark's own tables. */
  private static SortedSet<Path> tables(Path warehouse) {
    SortedSet<Path> found = new TreeSet<>();
    if (!Files.isDirectory(warehouse)) {
      return found;
    }
    try {
      // A link to another disk is no folder to walk.
      Path root = warehouse.toRealPath();
      Path own = root.resolve("tables").resolve(Lake.RESERVED_DATABASE);
      Files.walkFileTree(
          root,
          new LocalFileIO.Visitor() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return folder.equals(own) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              Path table = file.resolve("../..").normalize();
              if (file.toString().endsWith(METADATA_FILE)
                  && file.startsWith(table.resolve(METADATA_FOLDER))) {
                found.add(table);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the warehouse " + warehouse, e);
    }
    return found;
  }
}
