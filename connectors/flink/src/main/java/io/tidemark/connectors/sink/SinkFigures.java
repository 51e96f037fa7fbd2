package io.tidemark.connectors.sink;

import io.tidemark.model.error.TidemarkException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a writer has done, as Flink's metrics: the standard ones of a sink, and in the group {@code
 * tidemark} requests, retries, requestsInFlight, deletedKeys, replacedRows (left out because a
 * later change of their key was in the same batch) and skippedRows. Of the task's thread only.
 */
final class SinkFigures {
  private static final Logger LOG = LoggerFactory.getLogger(SinkFigures.class);

  private final Counter rows;
  private final Counter bytes;
  private final Counter skipped;
  private final Counter requests;
  private final Counter retries;
  private final Counter deleted;
  private final Counter replaced;
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile long lastMs;

  SinkFigures(SinkWriterMetricGroup group) {
    rows = group.getNumRecordsSendCounter();
    bytes = group.getNumBytesSendCounter();
    group.setCurrentSendTimeGauge(() -> lastMs);
    MetricGroup own = group.addGroup("tidemark");
    skipped = own.counter("skippedRows", new CountBoth(group.getNumRecordsSendErrorsCounter()));
    requests = own.counter("requests");
    retries = own.counter("retries");
    deleted = own.counter("deletedKeys");
    replaced = own.counter("replacedRows");
    own.gauge("requestsInFlight", inFlight::get);
  }

  Counter skipped() {
    return skipped;
  }

  void started() {
    requests.inc();
    inFlight.incrementAndGet();
  }

  void ended(long nanos) {
    inFlight.decrementAndGet();
    lastMs = TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  void written(WriteRequest request) {
    rows.inc(request.size());
    bytes.inc(request.bytes());
    switch (request) {
      case WriteRequest.Delete(var keys) -> deleted.inc(keys.size());
      case WriteRequest.Insert insert -> {}
      case WriteRequest.Upsert upsert -> {}
    }
  }

  void replaced() {
    replaced.inc();
  }

  void retried(TidemarkException failure) {
    retries.inc();
    LOG.warn("Write is retried code={} reason=\"{}\"", failure.code(), failure.getMessage());
  }

  /** Skipped rows are errors of the standard metric too. */
  private static final class CountBoth implements Counter {
    private final Counter standard;
    private long count;

    CountBoth(Counter standard) {
      this.standard = standard;
    }

    @Override
    public void inc() {
      inc(1);
    }

    @Override
    public void inc(long n) {
      count += n;
      standard.inc(n);
    }

    @Override
    public void dec() {
      inc(-1);
    }

    @Override
    public void dec(long n) {
      inc(-n);
    }

    @Override
    public long getCount() {
      return count;
    }
  }
}
