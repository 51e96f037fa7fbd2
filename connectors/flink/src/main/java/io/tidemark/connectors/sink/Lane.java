package io.tidemark.connectors.sink;

import io.tidemark.connectors.row.BadRowException;
import io.tidemark.connectors.row.RowChange;
import io.tidemark.connectors.row.RowDataReader;
import io.tidemark.model.error.ErrorCode;
import io.tidemark.model.error.TidemarkException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The changes of some of the keys, in their order: one batch is filled while the one before it is
 * written, and only one request is under way at a time. A failed request is repeated before
 * anything later is sent, so that no retry can overtake a newer change of its keys. Of the task's
 * thread only.
 */
final class Lane {
  private final SinkSettings settings;
  private final Writes writes;
  private final TaskThread thread;
  private final BadRows badRows;
  private final SinkFigures figures;

  private final Deque<WriteRequest> sending = new ArrayDeque<>();
  private Batch filling;
  private long firstRowAt;
  private long sentAt;
  private long firstFailureAt;
  private int failures;

  Lane(
      SinkSettings settings,
      Writes writes,
      TaskThread thread,
      BadRows badRows,
      SinkFigures figures) {
    this.settings = settings;
    this.writes = writes;
    this.thread = thread;
    this.badRows = badRows;
    this.figures = figures;
    this.filling = new Batch(settings);
  }

  /** Waits for room; that is the back-pressure. */
  void add(RowChange change) throws InterruptedException {
    while (!filling.hasRoomFor(change)) {
      if (isSending()) {
        thread.awaitAction();
      } else {
        send();
      }
    }
    if (filling.isEmpty()) {
      firstRowAt = thread.nanoTime();
    }
    if (filling.add(change)) {
      figures.replaced();
    }
    if (filling.isFull() && !isSending()) {
      send();
    }
  }

  boolean isSending() {
    return !sending.isEmpty();
  }

  boolean isDone() {
    return !isSending() && filling.isEmpty();
  }

  /** Sends what waits, if nothing is under way. */
  void sendIfIdle() {
    if (!isSending() && !filling.isEmpty()) {
      send();
    }
  }

  /** Sends what has waited long enough. */
  void sendIfDue() {
    if (!filling.isEmpty() && waited() >= settings.linger().toNanos()) {
      sendIfIdle();
    }
  }

  private long waited() {
    return thread.nanoTime() - firstRowAt;
  }

  private void send() {
    sending.addAll(filling.requests());
    filling = new Batch(settings);
    sendFirst();
  }

  private void sendFirst() {
    WriteRequest request = sending.getFirst();
    sentAt = thread.nanoTime();
    figures.started();
    CompletableFuture<Void> unused =
        writes
            .send(request)
            .whenComplete(
                (done, failure) -> thread.execute(() -> answered(request, unwrapped(failure))));
  }

  private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private void answered(WriteRequest request, @Nullable Throwable failure) throws Exception {
    figures.ended(thread.nanoTime() - sentAt);
    if (failure == null) {
      figures.written(request);
      goOn(List.of());
    } else if (!(failure instanceof TidemarkException known)) {
      throw new IllegalStateException(
          "writing " + request.size() + " rows failed unexpectedly", failure);
    } else if (known.code().retriable()) {
      retry(request, known);
    } else if (known.code() == ErrorCode.INVALID_PARAMETER && request.size() > 1) {
      // The server refuses a request for one bad row: halving it finds the row.
      goOn(request.halves());
    } else if (known.code() == ErrorCode.INVALID_PARAMETER) {
      badRows.refused(
          new BadRowException(
              RowDataReader.nameOf(request.firstKey())
                  + " was refused by the server: "
                  + known.getMessage(),
              known));
      goOn(List.of());
    } else {
      throw known;
    }
  }

  private void goOn(List<WriteRequest> instead) {
    failures = 0;
    sending.removeFirst();
    instead.reversed().forEach(sending::addFirst);
    if (isSending()) {
      sendFirst();
    } else if (filling.isFull()) {
      send();
    } else {
      sendIfDue();
    }
  }

  private void retry(WriteRequest request, TidemarkException failure) {
    if (failures == 0) {
      firstFailureAt = thread.nanoTime();
    }
    failures++;
    Duration tried = Duration.ofNanos(thread.nanoTime() - firstFailureAt);
    if (tried.compareTo(settings.retryTimeout()) >= 0) {
      throw new TidemarkException(
          failure.code(),
          "writing "
              + request.size()
              + " rows did not succeed in "
              + failures
              + " attempts over "
              + tried.toSeconds()
              + " s, the limit ('sink.retry.timeout') is "
              + settings.retryTimeout().toSeconds()
              + " s; the last answer: "
              + failure.getMessage(),
          failure);
    }
    figures.retried(failure);
    thread.after(pause(), this::sendFirst);
  }

  private Duration pause() {
    int doublings = Math.min(failures - 1, 20);
    Duration pause = settings.retryFirst().multipliedBy(1L << doublings);
    return pause.compareTo(settings.retryMax()) < 0 ? pause : settings.retryMax();
  }
}
