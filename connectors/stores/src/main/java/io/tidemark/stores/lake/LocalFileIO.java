package io.tidemark.stores.lake;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Iceberg files on local disk without Hadoop, which forks a chmod for every file where its native
 * library is absent and costs a commit 20 ms more. Takes {@code file:} URIs and plain paths and
 * keeps locations verbatim, so that every other engine's file system reads them. Thread-safe.
 */
public final class LocalFileIO implements SupportsPrefixOperations {
  private static final long serialVersionUID = 1L;

  /** Made by Iceberg through reflection. */
  public LocalFileIO() {}

  /**
   * @throws IllegalArgumentException for a location that is not local
   */
  public static Path path(String location) {
    if (location.startsWith("file:")) {
      String path = location.substring("file:".length());
      // file:///a, file://localhost/a and file:/a are the same file; names are not percent-encoded.
      return Path.of(path.startsWith("//") ? path.substring(path.indexOf('/', 2)) : path);
    }
    if (location.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
      throw new IllegalArgumentException(
          "location "
              + location
              + " is not local: give the catalog property io-impl for "
              + URI.create(location).getScheme());
    }
    return Path.of(location);
  }

  @Override
  public InputFile newInputFile(String location) {
    return new LocalInput(location);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return new LocalOutput(location);
  }

  @Override
  public void deleteFile(String location) {
    try {
      Files.delete(path(location));
    } catch (NoSuchFileException e) {
      throw new NotFoundException(e, "File does not exist: %s", location);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not delete " + location, e);
    }
  }

  @Override
  public Iterable<FileInfo> listPrefix(String prefix) {
    Path root = path(prefix);
    List<FileInfo> found = new ArrayList<>();
    if (!Files.exists(root)) {
      return found;
    }
    String base = prefix.endsWith("/") ? prefix : prefix + "/";
    try {
      Files.walkFileTree(
          root,
          new Visitor() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String location = file.equals(root) ? prefix : base + root.relativize(file);
              found.add(
                  new FileInfo(
                      location, attributes.size(), attributes.lastModifiedTime().toMillis()));
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("Could not list " + prefix, e);
    }
    return found;
  }

  /** Deletes the folder {@code prefix} and all in it; nothing if there is none. */
  @Override
  public void deletePrefix(String prefix) {
    Path root = path(prefix);
    if (!Files.exists(root)) {
      return;
    }
    try {
      Files.walkFileTree(
          root,
          new Visitor() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path directory, @org.jspecify.annotations.Nullable IOException failure)
                throws IOException {
              try {
                Files.deleteIfExists(directory);
              } catch (DirectoryNotEmptyException e) {
                // A writer was faster: its file is an orphan that a later clean-up finds.
                return FileVisitResult.CONTINUE;
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("Could not delete " + prefix, e);
    }
  }

  /** A file that somebody deletes between its folder's listing and the look at it is no failure. */
  static class Visitor extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }

  private record LocalInput(String location) implements InputFile {
    private InputFile file() {
      return org.apache.iceberg.Files.localInput(path(location).toFile());
    }

    @Override
    public long getLength() {
      return file().getLength();
    }

    @Override
    public SeekableInputStream newStream() {
      return file().newStream();
    }

    @Override
    public boolean exists() {
      return file().exists();
    }
  }

  private record LocalOutput(String location) implements OutputFile {
    private OutputFile file() {
      File file = path(location).toFile();
      File folder = file.getParentFile();
      if (folder != null && !folder.isDirectory()) {
        try {
          Files.createDirectories(folder.toPath());
        } catch (IOException e) {
          throw new UncheckedIOException("Could not create folder " + folder, e);
        }
      }
      return org.apache.iceberg.Files.localOutput(file);
    }

    @Override
    public PositionOutputStream create() {
      return file().create();
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return file().createOrOverwrite();
    }

    @Override
    public InputFile toInputFile() {
      return new LocalInput(location);
    }
  }
}
