package io.tidemark.connectors.source;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Plans the read once, and deals out its splits: of a bounded read to whoever asks, of one that
 * goes on evenly to all readers.
 */
final class ScanEnumerator implements SplitEnumerator<ScanSplit, PlanState> {
  private final ScanSpec spec;
  private final SplitEnumeratorContext<ScanSplit> context;
  private final Deque<ScanSplit> waiting;
  private final TreeSet<Integer> asking = new TreeSet<>();
  private boolean planned;

  ScanEnumerator(
      ScanSpec spec, SplitEnumeratorContext<ScanSplit> context, @Nullable PlanState state) {
    this.spec = spec;
    this.context = context;
    this.waiting = new ArrayDeque<>(state == null ? List.of() : state.waiting());
    this.planned = state != null && state.planned();
  }

  @Override
  public void start() {
    if (!planned) {
      int parallelism = context.currentParallelism();
      context.callAsync(() -> ScanPlanner.plan(spec, parallelism), this::planned);
    }
  }

  private void planned(@Nullable List<ScanSplit> splits, @Nullable Throwable failure) {
    if (failure != null || splits == null) {
      throw new FlinkRuntimeException(
          "the read of collection "
              + spec.name()
              + " could not be planned: "
              + (failure == null ? "no splits" : failure.getMessage()),
          failure);
    }
    waiting.addAll(splits);
    planned = true;
    deal();
  }

  private void deal() {
    if (!planned) {
      return;
    }
    if (spec.changelog()) {
      for (ScanSplit split : new ArrayList<>(waiting)) {
        int reader = split.shard() % context.currentParallelism();
        if (context.registeredReaders().containsKey(reader)) {
          waiting.remove(split);
          context.assignSplit(split, reader);
        }
      }
      return;
    }
    for (int reader : new ArrayList<>(asking)) {
      if (!context.registeredReaders().containsKey(reader)) {
        asking.remove(reader);
        continue;
      }
      ScanSplit split = waiting.poll();
      if (split == null) {
        context.signalNoMoreSplits(reader);
      } else {
        context.assignSplit(split, reader);
      }
      asking.remove(reader);
    }
  }

  @Override
  public void handleSplitRequest(int subtask, @Nullable String host) {
    asking.add(subtask);
    deal();
  }

  @Override
  public void addSplitsBack(List<ScanSplit> splits, int subtask) {
    waiting.addAll(splits);
    deal();
  }

  @Override
  public void addReader(int subtask) {
    deal();
  }

  @Override
  public PlanState snapshotState(long checkpoint) {
    return new PlanState(planned, new ArrayList<>(waiting));
  }

  @Override
  public void close() {
    // Planning opens and closes what it needs.
  }
}
