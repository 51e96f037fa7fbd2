package io.tidemark.sql.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends calls that are waiting at the same time as one request. A call goes out at once while fewer
 * than the allowed requests are under way; those that come meanwhile wait and share the next. So a
 * lone call never waits for company, and under load batches grow by themselves. Calls are sent in
 * the order they came. Thread-safe.
 */
public final class CallBatches<Q, A> {
  private record Waiting<Q, A>(Q call, CompletableFuture<A> answer) {}

  private final int batchMax;
  private final int requestsMax;
  private final Function<List<Q>, CompletableFuture<List<A>>> send;
  private final ArrayDeque<Waiting<Q, A>> waiting = new ArrayDeque<>();
  private int underWay;

  /**
   * @param batchMax calls in one request
   * @param requestsMax requests under way at a time
   * @param send answers with one answer per call, in their order, or fails for all of them
   */
  public CallBatches(
      int batchMax, int requestsMax, Function<List<Q>, CompletableFuture<List<A>>> send) {
    if (batchMax < 1 || requestsMax < 1) {
      throw new IllegalArgumentException(
          "batches of " + batchMax + ", " + requestsMax + " at a time: both must be at least 1");
    }
    this.batchMax = batchMax;
    this.requestsMax = requestsMax;
    this.send = send;
  }

  /** Never throws: whatever fails is the future's failure. */
  public CompletableFuture<A> call(Q call) {
    CompletableFuture<A> answer = new CompletableFuture<>();
    synchronized (waiting) {
      waiting.add(new Waiting<>(call, answer));
    }
    sendWaiting();
    return answer;
  }

  private void sendWaiting() {
    List<Waiting<Q, A>> batch = next();
    while (!batch.isEmpty()) {
      send(batch);
      batch = next();
    }
  }

  private List<Waiting<Q, A>> next() {
    synchronized (waiting) {
      List<Waiting<Q, A>> batch = new ArrayList<>();
      if (underWay < requestsMax) {
        while (batch.size() < batchMax && !waiting.isEmpty()) {
          batch.add(waiting.remove());
        }
        underWay += batch.isEmpty() ? 0 : 1;
      }
      return batch;
    }
  }

  private void send(List<Waiting<Q, A>> batch) {
    CompletableFuture<List<A>> answers;
    try {
      answers = send.apply(batch.stream().map(Waiting::call).toList());
    } catch (RuntimeException e) {
      answers = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<List<A>> unused =
        answers.whenComplete((list, failure) -> {
          synchronized (waiting) {
            underWay--;
          }
          // Before the answers, whose takers may run on this thread for long.
          sendWaiting();
          finish(batch, list, failure);
        });
  }

  private void finish(
      List<Waiting<Q, A>> batch, @Nullable List<A> answers, @Nullable Throwable failure) {
    for (int i = 0; i < batch.size(); i++) {
      CompletableFuture<A> answer = batch.get(i).answer();
      if (answers != null && answers.size() == batch.size()) {
        answer.complete(answers.get(i));
      } else if (failure != null) {
        answer.completeExceptionally(failure);
      } else {
        answer.completeExceptionally(
            new IllegalStateException(batch.size() + " calls, other number of answers"));
      }
    }
  }
}
