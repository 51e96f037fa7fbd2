package io.tidemark.tests.objectstore;

import io.tidemark.tests.process.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL server of this test alone, not run by root, which PostgreSQL refuses. */
final class PostgresServer implements AutoCloseable {
  private static final String USER = "postgres";
  private static final long START_LIMIT_S = 120;

  private final Path binaries;
  private final Path data;
  private final int port;
  private Process process;

  private PostgresServer(Path binaries, Path data, int port, Process process) {
    this.binaries = binaries;
    this.data = data;
    this.port = port;
    this.process = process;
  }

  /** The folder of its programs, if it is installed. */
  static Optional<Path> installed() {
    List<Path> candidates = new ArrayList<>();
    Path debian = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(debian)) {
      try (Stream<Path> versions = Files.list(debian)) {
        versions
            .sorted(Comparator.reverseOrder())
            .forEach(version -> candidates.add(version.resolve("bin")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    for (String entry : System.getenv().getOrDefault("PATH", "").split(":")) {
      candidates.add(Path.of(entry));
    }
    return candidates.stream()
        .filter(folder ->
            Files.isExecutable(folder.resolve("initdb"))
                && Files.isExecutable(folder.resolve("postgres")))
        .findFirst();
  }

  static PostgresServer start(Path binaries, Path folder) throws Exception {
    Path data = folder.resolve("postgres");
    Files.createDirectories(data);
    if (isRoot()) {
      // Another user has to get there.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
      run(List.of("chown", USER, data.toString()), folder.resolve("chown.log"));
    }
    run(
        as(binaries.resolve("initdb"), "-D", data.toString(), "-U", USER, "-A", "trust", "-N"),
        folder.resolve("initdb.log"));
    int port = FreePort.choose();
    PostgresServer server = new PostgresServer(binaries, data, port, launch(binaries, data, port));
    server.awaitReady();
    return server;
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static List<String> as(Path program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(
          List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "--"));
    }
    command.add(program.toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private static void run(List<String> command, Path log) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command + " failed: " + Files.readString(log));
    }
  }

  private static Process launch(Path binaries, Path data, int port) throws IOException {
    return new ProcessBuilder(
            as(
                binaries.resolve("postgres"),
                "-D",
                data.toString(),
                "-p",
                Integer.toString(port),
                "-h",
                "127.0.0.1",
                "-k",
                "",
                "-F"))
        .directory(Path.of("/").toFile())
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(data.resolveSibling("postgres.log").toFile()))
        .start();
  }

  private void awaitReady() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_LIMIT_S);
    while (true) {
      try (Connection connection = DriverManager.getConnection(uri())) {
        connection.isValid(1);
        return;
      } catch (SQLException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "no PostgreSQL: " + Files.readString(data.resolveSibling("postgres.log")), e);
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  String uri() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + USER;
  }

  /** Every process of it is silent, and keeps its connections. */
  void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("kill", signal));
    command.add(Long.toString(process.pid()));
    process.descendants().forEach(child -> command.add(Long.toString(child.pid())));
    // A child may have ended meanwhile.
    new ProcessBuilder(command).start().waitFor();
  }

  /** All of it, as when its machine goes. */
  void kill() throws InterruptedException {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly().waitFor();
    children.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle child : children) {
      while (child.isAlive()) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
  }

  /** Again on the same data and port. */
  void restart() throws Exception {
    process = launch(binaries, data, port);
    awaitReady();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
