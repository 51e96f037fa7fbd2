package io.tidemark.tests.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The hand-written text files of a checkout: no build output, no installed packages, no data. */
final class SourceTree {
  private static final Set<String> SKIPPED_FOLDERS =
      Set.of("target", "node_modules", ".git", ".idea", ".vscode", "data", "build");
  private static final Set<String> GENERATED_FILES = Set.of("package-lock.json", "LICENSE");
  private static final Set<String> TEXT_ENDINGS =
      Set.of(
          "java",
          "g4",
          "js",
          "mjs",
          "cjs",
          "ts",
          "sh",
          "py",
          "sql",
          "xml",
          "yaml",
          "yml",
          "properties",
          "proto",
          "html",
          "css",
          "md");

  private final List<SourceFile> files;

  private SourceTree(List<SourceFile> files) {
    this.files = files;
  }

  /** The checkout that the tests run in: the nearest folder above with {@code deploy/test}. */
  static SourceTree ofThisCheckout() {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve("deploy/test"))) {
        return of(folder);
      }
    }
    throw new IllegalStateException(
        "no folder with deploy/test above " + start + ": run the tests inside a checkout");
  }

  static SourceTree of(Path root) {
    List<SourceFile> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return !folder.equals(root) && SKIPPED_FOLDERS.contains(nameOf(folder))
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              if (attributes.isRegularFile() && isText(nameOf(file))) {
                String path = root.relativize(file).toString().replace('\\', '/');
                files.add(new SourceFile(path, read(file, path)));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the source tree under " + root, e);
    }
    files.sort(Comparator.comparing(SourceFile::path));
    return new SourceTree(List.copyOf(files));
  }

  List<SourceFile> files() {
    return files;
  }

  private static String read(Path file, String path) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw new IllegalStateException(
          path + ": is no UTF-8 text; save it as UTF-8, or give a binary file an ending", e);
    }
  }

  private static String nameOf(Path path) {
    return path.getFileName().toString();
  }

  /** Scripts have no ending; everything else is told by it. */
  private static boolean isText(String name) {
    if (GENERATED_FILES.contains(name)) {
      return false;
    }
    int dot = name.lastIndexOf('.');
    return dot < 0 || TEXT_ENDINGS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  /**
   * One file.
   *
   * @param path from the root of the checkout, with slashes
   * @param text its whole content
   */
  record SourceFile(String path, String text) {
    boolean endsWith(String ending) {
      return path.endsWith(ending);
    }

    /** Main Java code: neither tests nor build scripts. */
    boolean isMainJava() {
      return path.contains("src/main/java/") && endsWith(".java");
    }

    boolean isProse() {
      return endsWith(".md");
    }

    String folder() {
      int slash = path.lastIndexOf('/');
      return slash < 0 ? "" : path.substring(0, slash);
    }

    String name() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }
}
