package io.tidemark.serving.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class PromptTurnsTest {
  private final PromptTurns turns = new PromptTurns();
  private final long start = System.nanoTime();
  private final List<Runnable> handedOver = new ArrayList<>();

  @Test
  void aThreadWithLittleToDoAnswersByItself() {
    long now = start;
    for (int i = 0; i < 1_000; i++) {
      assertThat(turns.isMine(now)).as("request %d", i).isTrue();
      turns.spent(100_000);
      now += 250_000;
    }
  }

  @Test
  void aThirdOfItsTimeIsKeptForItsConnections() {
    long now = start;
    long spent = 0;
    // Requests without a pause, each of which takes 0.1 ms wherever it is answered.
    for (int i = 0; i < 10_000; i++) {
      if (turns.isMine(now)) {
        turns.spent(100_000);
        spent += 100_000;
      }
      now += 100_000;
    }
    assertThat(spent).isBetween((now - start) * 3 / 5, (now - start) * 2 / 3 + 5_000_000);
  }

  @Test
  void aLongPauseIsNoLeaveForALongTime() {
    long now = start + 60_000_000_000L;
    assertThat(turns.isMine(now)).isTrue();
    turns.spent(PromptTurns.SAVED_NANOS_MAX + 1_000_000);
    assertThat(turns.isMine(now + 1_400_000)).isFalse();
    assertThat(turns.isMine(now + 1_600_000)).isTrue();
  }

  @Test
  void onceOneGoesElsewhereAllDoForAWhile() {
    assertThat(turns.isMine(System.nanoTime())).isTrue();
    turns.leave(handedOver::add, () -> {});
    turns.leave(handedOver::add, () -> {});
    assertThat(turns.isMine(System.nanoTime() + 10 * PromptTurns.CROWD_NANOS)).isFalse();
    handedOver.removeFirst().run();
    assertThat(turns.isMine(System.nanoTime() + 10 * PromptTurns.CROWD_NANOS)).isFalse();
    long before = System.nanoTime();
    handedOver.removeFirst().run();
    assertThat(turns.isMine(before + PromptTurns.CROWD_NANOS - 1)).isFalse();
    assertThat(turns.isMine(System.nanoTime() + PromptTurns.CROWD_NANOS)).isTrue();
  }

  @Test
  void workThatFailsOrIsRefusedIsOverToo() {
    Executor refusing =
        work -> {
          throw new RejectedExecutionException("on purpose");
        };
    turns.leave(
        handedOver::add,
        () -> {
          throw new IllegalStateException("on purpose");
        });
    assertThatThrownBy(handedOver.getLast()::run).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> turns.leave(refusing, () -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(turns.isMine(System.nanoTime() + PromptTurns.CROWD_NANOS)).isTrue();
  }
}
