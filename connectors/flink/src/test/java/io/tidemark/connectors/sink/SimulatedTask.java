package io.tidemark.connectors.sink;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Random;

/** A task's thread with a clock of its own, which jumps to the next timer when nothing is to do. */
final class SimulatedTask implements TaskThread {
  private final Deque<Action> actions = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::at));
  private long nanos;

  private record Timer(long at, Action action) {}

  @Override
  public void execute(Action action) {
    actions.add(action);
  }

  /** Done after a while of the simulated clock, as an answer from afar. */
  void later(Random random, Action action) {
    after(Duration.ofMillis(1 + random.nextInt(20)), action);
  }

  @Override
  public void after(Duration pause, Action action) {
    timers.add(new Timer(nanos + pause.toNanos(), action));
  }

  @Override
  public void awaitAction() {
    if (!actOnce()) {
      throw new IllegalStateException("waits for ever: nothing is under way");
    }
  }

  /** Lets time pass, with everything that happens in it. */
  void pass(Duration time) {
    long until = nanos + time.toNanos();
    while (!actions.isEmpty() || (!timers.isEmpty() && timers.peek().at() <= until)) {
      actOnce();
    }
    nanos = until;
  }

  private boolean actOnce() {
    Action action = actions.poll();
    if (action == null) {
      Timer timer = timers.poll();
      if (timer == null) {
        return false;
      }
      nanos = Math.max(nanos, timer.at());
      action = timer.action();
    }
    try {
      action.run();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return true;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }
}
