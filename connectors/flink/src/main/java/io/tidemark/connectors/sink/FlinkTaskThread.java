package io.tidemark.connectors.sink;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Flink's mailbox and timers. */
final class FlinkTaskThread implements TaskThread {
  private static final Logger LOG = LoggerFactory.getLogger(FlinkTaskThread.class);

  private final MailboxExecutor mailbox;
  private final ProcessingTimeService timers;

  FlinkTaskThread(MailboxExecutor mailbox, ProcessingTimeService timers) {
    this.mailbox = mailbox;
    this.timers = timers;
  }

  @Override
  public void execute(Action action) {
    try {
      mailbox.execute(action::run, "an answer to a write");
    } catch (RejectedExecutionException e) {
      LOG.debug("Answer came after the task's end", e);
    }
  }

  @Override
  public void after(Duration pause, Action action) {
    // Not cancelled: an action that comes too late finds nothing to do.
    ScheduledFuture<?> unused =
        timers.registerTimer(
            timers.getCurrentProcessingTime() + pause.toMillis(), timestamp -> action.run());
  }

  @Override
  public void awaitAction() throws InterruptedException {
    mailbox.yield();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }
}
