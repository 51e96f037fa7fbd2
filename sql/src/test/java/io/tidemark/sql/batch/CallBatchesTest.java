package io.tidemark.sql.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CallBatchesTest {
  private record Sent(List<Integer> calls, CompletableFuture<List<String>> answers) {
    void answer() {
      answers.complete(calls.stream().map(String::valueOf).toList());
    }
  }

  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private final CallBatches<Integer, String> batches =
      new CallBatches<>(
          3,
          1,
          calls -> {
            sent.add(new Sent(calls, new CompletableFuture<>()));
            return sent.getLast().answers();
          });

  @Test
  void aLoneCallGoesOutAtOnceAndThoseThatComeMeanwhileShareTheNextRequests() {
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(batches.call(i));
    }
    assertThat(sent).hasSize(1);
    assertThat(sent.getFirst().calls()).containsExactly(0);

    sent.remove().answer();
    assertThat(sent.getFirst().calls()).containsExactly(1, 2, 3);
    sent.remove().answer();
    assertThat(sent.getFirst().calls()).containsExactly(4, 5);
    sent.remove().answer();
    assertThat(answers.stream().map(CompletableFuture::join))
        .containsExactly("0", "1", "2", "3", "4", "5");
    assertThat(sent).isEmpty();
  }

  @Test
  void aFailedRequestFailsItsOwnCallsAndLetsTheOthersGoOn() {
    CompletableFuture<String> first = batches.call(1);
    CompletableFuture<String> second = batches.call(2);
    sent.remove().answers().completeExceptionally(new IllegalStateException("gone"));
    assertThatThrownBy(first::join).hasRootCauseMessage("gone");
    sent.remove().answer();
    assertThat(second).isCompletedWithValue("2");
  }

  @Test
  void aRequestThatCannotBeSentFailsItsCalls() {
    CallBatches<Integer, String> broken =
        new CallBatches<>(
            1,
            1,
            calls -> {
              throw new IllegalStateException("no route");
            });
    assertThatThrownBy(broken.call(1)::join).hasRootCauseMessage("no route");
    assertThatThrownBy(broken.call(2)::join).hasRootCauseMessage("no route");
  }
}
