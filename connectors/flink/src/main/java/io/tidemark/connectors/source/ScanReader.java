package io.tidemark.connectors.source;

import io.tidemark.model.error.TidemarkException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.jspecify.annotations.Nullable;

/**
 * Reads the splits of one reader, a little of each in turn. Used by one thread, but for wake-ups.
 */
final class ScanReader implements SplitReader<RowBatch, ScanSplit> {
  private static final long WAIT_MS = 200;

  private final ScanSpec spec;
  private final Map<String, SplitWork> works = new LinkedHashMap<>();
  private final Semaphore arrived = new Semaphore(0);
  private @Nullable OpenCollection open;

  ScanReader(ScanSpec spec) {
    this.spec = spec;
  }

  @Override
  public void handleSplitsChanges(SplitsChange<ScanSplit> change) {
    if (!(change instanceof SplitsAddition<ScanSplit> addition)) {
      throw new IllegalStateException("splits are only ever added, not " + change);
    }
    if (open == null) {
      open = OpenCollection.open(spec);
    }
    for (ScanSplit split : addition.splits()) {
      works.put(split.splitId(), new SplitWork(open, spec, split, arrived::release));
    }
  }

  @Override
  public RecordsWithSplitIds<RowBatch> fetch() throws IOException {
    Map<String, Collection<RowBatch>> found = new HashMap<>();
    Set<String> finished = new HashSet<>();
    arrived.drainPermits();
    for (Map.Entry<String, SplitWork> entry : works.entrySet()) {
      SplitWork work = entry.getValue();
      try {
        RowBatch batch = work.poll();
        if (batch != null) {
          found.put(entry.getKey(), List.of(batch));
        }
      } catch (TidemarkException e) {
        throw new IOException("collection " + spec.name() + ": " + e.getMessage(), e);
      }
      if (work.isFinished()) {
        work.close();
        finished.add(entry.getKey());
      }
    }
    works.keySet().removeAll(finished);
    if (found.isEmpty() && finished.isEmpty()) {
      await();
    }
    return new RecordsBySplits<>(found, finished);
  }

  private void await() throws IOException {
    try {
      // Progress without records is looked for now and then; records and wake-ups end it at once.
      if (arrived.tryAcquire(WAIT_MS, TimeUnit.MILLISECONDS)) {
        arrived.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for records", e);
    }
  }

  @Override
  public void wakeUp() {
    arrived.release();
  }

  @Override
  public void close() {
    List<SplitWork> left = new ArrayList<>(works.values());
    works.clear();
    left.forEach(SplitWork::close);
    if (open != null) {
      open.close();
    }
  }
}
