package io.tidemark.connectors.lake;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a step while the catalog or the object store cannot be reached, so that a task waits for
 * them instead of failing. Meanwhile at most one window per task is kept as files, a bounded number
 * more in Flink's buffers, and everything behind these in the log. Stateless.
 */
final class WhileAway {
  private static final Logger LOG = LoggerFactory.getLogger(WhileAway.class);

  /** Longer than catalogs are away; then the job's own restarts take over. */
  private static final Duration WAIT_MAX = Duration.ofMinutes(10);

  private static final long PAUSE_MS_MIN = 200;
  private static final long PAUSE_MS_MAX = 5_000;
  private static final int CAUSES_MAX = 20;

  private WhileAway() {}

  /** Something that may be done again after it has failed. */
  @FunctionalInterface
  interface Step<T, E extends Exception> {
    T run() throws E, InterruptedException;
  }

  /**
   * @param what for the log, such as "commit"
   * @throws InterruptedException if the task is cancelled meanwhile
   */
  static <T, E extends Exception> T repeat(String what, Step<T, E> step)
      throws E, InterruptedException {
    long begin = System.nanoTime();
    for (long pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX)) {
      try {
        T done = step.run();
        if (pauseMs > PAUSE_MS_MIN) {
          LOG.info("stores are back step={} away_ms={}", what, waitedMs(begin));
        }
        return done;
      } catch (RuntimeException e) {
        if (!isAway(e) || waitedMs(begin) > WAIT_MAX.toMillis()) {
          throw e;
        }
        LOG.warn(
            "catalog or object store cannot be reached, waiting step={} away_ms={} reason={}",
            what,
            waitedMs(begin),
            e.toString());
        Thread.sleep(pauseMs);
      }
    }
  }

  private static long waitedMs(long begin) {
    return (System.nanoTime() - begin) / 1_000_000;
  }

  /** Whether a store did not do what it would have done otherwise. */
  static boolean isAway(Throwable failure) {
    @Nullable Throwable cause = failure;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
      switch (cause) {
        // Waiting brings back neither a file nor a permission.
        case FileNotFoundException e -> {
          return false;
        }
        case NoSuchFileException e -> {
          return false;
        }
        case AccessDeniedException e -> {
          return false;
        }
        case IOException e -> {
          return true;
        }
        case SQLException e -> {
          return true;
        }
        case CommitFailedException e -> {
          return true;
        }
        case CommitStateUnknownException e -> {
          return true;
        }
        case Throwable e -> cause = e.getCause();
      }
    }
    return false;
  }
}
