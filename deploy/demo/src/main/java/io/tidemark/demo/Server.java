package io.tidemark.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The Tidemark process the demo talks to: started, killed and stopped through the launcher, like a
 * user would.
 */
final class Server {
  private final Path launcher;
  private final Path data;
  private boolean ours;

  Server(Path launcher, Path data) {
    this.launcher = launcher;
    this.data = data.toAbsolutePath().normalize();
  }

  /** Starts it if it does not run. */
  void ensureRunning() throws IOException, InterruptedException {
    if (pid().flatMap(ProcessHandle::of).filter(ProcessHandle::isAlive).isPresent()) {
      return;
    }
    start();
  }

  private void start() throws IOException, InterruptedException {
    launch("start", "--data", data.toString(), "--grpc-port", "0", "--http-port", "0");
    ours = true;
  }

  /** Ends it with SIGKILL and starts it again; returns how long it took until it was ready. */
  long killAndStart() throws IOException, InterruptedException {
    ProcessHandle process =
        pid()
            .flatMap(ProcessHandle::of)
            .orElseThrow(() ->
                new IllegalStateException(
                    "no process runs on " + data + ", there is nothing to kill"));
    process.destroyForcibly();
    process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
    long from = System.nanoTime();
    start();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
  }

  /** Stops it if this demo started it. */
  void stopIfOurs() throws IOException, InterruptedException {
    if (ours) {
      launch("stop", "--data", data.toString());
      ours = false;
    }
  }

  String grpcAddress() throws IOException {
    return Files.readString(data.resolve("run").resolve("grpc")).trim();
  }

  private Optional<Long> pid() throws IOException {
    Path file = data.resolve("run").resolve("pid");
    return Files.exists(file)
        ? Optional.of(Long.parseLong(Files.readString(file).trim()))
        : Optional.empty();
  }

  private void launch(String... arguments) throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IllegalStateException(
          "'tidemark " + String.join(" ", arguments) + "' ended with status " + status);
    }
  }
}
