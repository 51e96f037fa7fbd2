package io.tidemark.operators.window;

import io.tidemark.model.log.LogEvent;
import io.tidemark.model.log.PositionLookup;
import io.tidemark.model.log.PositionLookup.Standing;
import io.tidemark.model.log.WindowedLog;
import io.tidemark.model.time.HybridTimestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts each vchannel's log into windows {@code (from, to]} that follow each other without a gap,
 * and emits the records of each as one {@link WindowedLog.Window}. Event time is hybrid; watermarks
 * are the log's ticks. Keyed by {@link VChannel}.
 *
 * <p>A window ends at its aligned end ({@link WindowLimits}), when the watermark or a later record
 * of its vchannel passes it; with the record that makes it too large; or at a {@code Flush}. A
 * window without records is not emitted, but for a flush: its caller waits for the position to
 * reach it.
 *
 * <p>The first time a vchannel is met after a start, its table's position is asked for, and
 * everything at or below it is dropped, in restored state too: so replaying the log is harmless,
 * whatever state the job starts from.
 *
 * <p>Between windows, {@link WindowedLog.Progress} marks tell up to where everything this task was
 * sent has been emitted. An operator of its own rather than a function, because a mark depends on
 * the watermark and on all keys at once.
 *
 * <p>A record at or below the watermark or a closed window breaks the promise of a tick and fails
 * the task.
 */
public final class WindowLog extends AbstractStreamOperator<WindowedLog>
    implements OneInputStreamOperator<LogEvent, WindowedLog>, Triggerable<VChannel, VoidNamespace> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(WindowLog.class);
  private static final ValueStateDescriptor<WindowHead> HEAD =
      new ValueStateDescriptor<>("head", TypeInformation.of(WindowHead.class));
  private static final ListStateDescriptor<byte[]> RECORDS =
      new ListStateDescriptor<>("records", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

  private final WindowLimits limits;
  private final PositionLookup.Opener positions;
  private final long progressEveryMs;

  private transient Run run;
  private transient boolean resumed;

  /** Everything that lives only as long as one attempt of the task. */
  private static final class Run {
    final PositionLookup positions;
    final ValueState<WindowHead> head;
    final ListState<byte[]> records;
    final InternalTimerService<VoidNamespace> timers;
    final Counter skipped;
    final Counter windows;

    /** By vchannel, what was learnt of it since the start. */
    final Map<VChannel, Standing> met = new HashMap<>();

    /** First record's timestamp of each open window. */
    final Map<VChannel, Long> open = new HashMap<>();

    long watermark = Long.MIN_VALUE;
    long marked = Long.MIN_VALUE;
    long markedAtMs = Long.MIN_VALUE / 2;

    /** A flush asked for progress up to here, or 0. */
    long awaited;

    Run(
        PositionLookup positions,
        ValueState<WindowHead> head,
        ListState<byte[]> records,
        InternalTimerService<VoidNamespace> timers,
        Counter skipped,
        Counter windows) {
      this.positions = positions;
      this.head = head;
      this.records = records;
      this.timers = timers;
      this.skipped = skipped;
      this.windows = windows;
    }
  }

  /**
   * @param progressEveryMs a mark is emitted at most this often, but for flushes, which get one at
   *     once
   */
  @SuppressWarnings("NullAway.Init") // open() fills run before any other call
  public WindowLog(WindowLimits limits, PositionLookup.Opener positions, long progressEveryMs) {
    this.limits = limits;
    this.positions = positions;
    this.progressEveryMs = progressEveryMs;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    resumed = context.isRestored();
  }

  @Override
  public void open() throws Exception {
    super.open();
    run =
        new Run(
            positions.open(resumed),
            getPartitionedState(HEAD),
            getPartitionedState(RECORDS),
            getInternalTimerService("window-ends", VoidNamespaceSerializer.INSTANCE, this),
            getMetricGroup().counter("recordsSkipped"),
            getMetricGroup().counter("windowsClosed"));
    getMetricGroup().gauge("openWindows", () -> run.open.size());
    this.<VChannel>getKeyedStateBackend()
        .applyToAllKeys(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            HEAD,
            (VChannel key, ValueState<WindowHead> state) -> {
              WindowHead head = state.value();
              if (head != null && head.open()) {
                run.open.put(key, head.first());
              }
            });
  }

  @Override
  public void close() throws Exception {
    if (run != null) {
      run.positions.close();
    }
    super.close();
  }

  @Override
  public void processElement(StreamRecord<LogEvent> element) throws Exception {
    LogEvent event = element.getValue();
    VChannel key = VChannel.of(event);
    if (!(meet(key) instanceof Standing.Known known)) {
      run.skipped.inc();
      return;
    }
    WindowHead head = run.head.value();
    if (event.timestamp <= known.position()) {
      run.skipped.inc();
      return;
    }
    long closedTo = Math.max(head.closedTo(), run.watermark);
    if (event.timestamp <= closedTo) {
      throw new IllegalStateException(
          "tick promise broken: record of "
              + key
              + " at "
              + event.timestamp
              + " (pchannel "
              + event.pchannel
              + ", offset "
              + event.offset
              + ") came after everything up to "
              + closedTo
              + " was promised to have come");
    }
    switch (event.kind()) {
      case INSERT, DELETE, DROP_PARTITION -> append(key, head, event);
      case FLUSH -> flush(key, head, event.timestamp);
      case DROP_COLLECTION -> drop(key, head, event.timestamp);
      case TIME_TICK ->
          throw new IllegalStateException(
              "a tick was sent to the window of " + key + ", ticks travel as watermarks");
    }
  }

  private void append(VChannel key, WindowHead head, LogEvent event) throws Exception {
    WindowHead current = head;
    if (current.open() && event.timestamp > current.end()) {
      // Its own vchannel has gone past the end, so nothing of the window is still to come.
      current = emit(key, current, current.end());
    }
    long end = limits.endOf(event.timestamp);
    if (!current.open()) {
      run.timers.registerEventTimeTimer(VoidNamespace.INSTANCE, end);
      run.open.put(key, event.timestamp);
    }
    current = current.with(event.timestamp, end, event.bytes.length, event.rows);
    run.records.add(event.bytes);
    if (limits.reachedBy(current)) {
      run.timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, current.end());
      emit(key, current, event.timestamp);
    } else {
      run.head.update(current);
    }
  }

  private void flush(VChannel key, WindowHead head, long timestamp) throws Exception {
    if (head.open()) {
      run.timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, head.end());
    }
    emit(key, head, timestamp);
    run.awaited = Math.max(run.awaited, timestamp);
  }

  private void drop(VChannel key, WindowHead head, long timestamp) throws Exception {
    skipFrom(key, timestamp);
    run.met.put(key, new Standing.Dropped());
    LOG.info(
        "collection dropped, its window is discarded vchannel={} records_from={} to={}",
        key,
        head.first(),
        timestamp);
    send(
        WindowedLog.of(
            new WindowedLog.Window(
                key.collectionId(), key.shard(), head.closedTo(), timestamp, true, List.of())));
  }

  private WindowHead emit(VChannel key, WindowHead head, long to) throws Exception {
    List<byte[]> records = buffered();
    run.records.clear();
    run.open.remove(key);
    WindowHead closed = head.closedAt(to);
    run.head.update(closed);
    run.windows.inc();
    send(
        WindowedLog.of(
            new WindowedLog.Window(
                key.collectionId(), key.shard(), head.closedTo(), to, false, records)));
    return closed;
  }

  private List<byte[]> buffered() throws Exception {
    List<byte[]> records = new ArrayList<>();
    Iterable<byte[]> state = run.records.get();
    if (state != null) {
      state.forEach(records::add);
    }
    return records;
  }

  @Override
  public void onEventTime(InternalTimer<VChannel, VoidNamespace> timer) throws Exception {
    VChannel key = timer.getKey();
    if (!(meet(key) instanceof Standing.Known)) {
      return;
    }
    WindowHead head = run.head.value();
    // A timer outlives its window where the window ended early, by size or flush.
    if (head.open() && head.end() <= timer.getTimestamp()) {
      emit(key, head, head.end());
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<VChannel, VoidNamespace> timer) {
    throw new IllegalStateException("no processing-time timer was set for " + timer.getKey());
  }

  /**
   * What is known of the vchannel; the first time since the start, brings its state in line with
   * its table.
   */
  private Standing meet(VChannel key) throws Exception {
    Standing standing = run.met.get(key);
    if (standing == null) {
      standing = catchUp(key, run.head.value());
      run.met.put(key, standing);
    }
    return standing;
  }

  private Standing catchUp(VChannel key, @Nullable WindowHead restored) throws Exception {
    Standing standing = run.positions.of(key.collectionId(), key.shard());
    switch (standing) {
      case Standing.Known known -> startAt(key, restored, known.position());
      case Standing.Dropped dropped -> {
        skipFrom(key, 0);
        LOG.info("collection is dropped, its records are skipped vchannel={}", key);
      }
      case Standing.SetAside aside -> {
        skipFrom(key, aside.position());
        LOG.warn(
            "collection is set aside, its records are skipped vchannel={} position={} reason={}",
            key,
            aside.position(),
            aside.reason());
      }
    }
    return standing;
  }

  private void skipFrom(VChannel key, long position) throws Exception {
    run.records.clear();
    run.open.remove(key);
    run.head.update(WindowHead.skippingFrom(position));
  }

  private void startAt(VChannel key, @Nullable WindowHead restored, long position)
      throws Exception {
    if (restored == null) {
      run.head.update(WindowHead.startingAt(position));
      return;
    }
    if (restored.closedTo() > position || restored.skipping()) {
      throw new IllegalStateException(
          "the state of "
              + key
              + " goes on at "
              + restored.closedTo()
              + ", its table only reaches "
              + position
              + " ("
              + HybridTimestamp.format(position)
              + "): it was rolled back, or set aside and repaired. Start the job without a checkpoint, so that it reads the log again");
    }
    List<byte[]> kept = new ArrayList<>();
    WindowHead head = WindowHead.startingAt(position);
    for (byte[] record : buffered()) {
      LogEvent event = LogEvent.read(-1, -1, record);
      if (event.timestamp > position) {
        kept.add(record);
        head = head.with(event.timestamp, restored.end(), record.length, event.rows);
      }
    }
    run.records.update(kept);
    run.head.update(head);
    if (head.open()) {
      run.open.put(key, head.first());
    } else {
      run.open.remove(key);
    }
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    super.processWatermark(mark);
    run.watermark = mark.getTimestamp();
    long nowMs = getProcessingTimeService().getCurrentProcessingTime();
    boolean prompt = run.awaited != 0 && run.watermark >= run.awaited;
    if (!prompt && nowMs - run.markedAtMs < progressEveryMs) {
      return;
    }
    long done =
        run.open.values().stream().mapToLong(first -> first - 1).min().orElse(run.watermark);
    done = Math.min(done, run.watermark);
    if (prompt) {
      run.awaited = 0;
    }
    run.markedAtMs = nowMs;
    if (done > run.marked) {
      run.marked = done;
      int task = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
      int tasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
      send(WindowedLog.of(new WindowedLog.Progress(done, task, tasks, prompt)));
    }
  }

  private void send(WindowedLog windowed) {
    output.collect(new StreamRecord<>(windowed));
  }
}
