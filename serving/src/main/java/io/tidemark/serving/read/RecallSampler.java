package io.tidemark.serving.read;

import io.tidemark.model.error.TidemarkException;
import io.tidemark.serving.read.recall.RecallFigure;
import io.tidemark.serving.read.recall.RecallWindow;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats some of the users' searches in the background, beside an exact search over the same view,
 * and keeps what share of the true hits they found. It takes a query's vector, filter and
 * parameters, asks for {@link RecallWindow#K} hits, and waits after each comparison so long that it
 * takes no more than its share of one core; a search that is not taken pays for one look at a flag.
 * Thread-safe.
 */
final class RecallSampler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecallSampler.class);
  private static final int REMEMBERED = 256;
  private static final long LOOK_MS = 1_000;

  private final double share;
  private final Function<SearchCommand, List<RecallFigure>> measure;
  private final Map<Long, Slot> slots = new ConcurrentHashMap<>();
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("tidemark-recall").daemon().factory());

  /** Of one collection: the search that waits for its comparison, and the figures so far. */
  private static final class Slot {
    private final RecallWindow window = new RecallWindow(REMEMBERED);
    private volatile boolean wantsOne = true;
    private volatile @Nullable SearchCommand taken;
    private long nextNanos;
  }

  /**
   * @param share of one core that it may take; 0 switches it off
   * @param measure compares, on this sampler's thread
   */
  RecallSampler(double share, Function<SearchCommand, List<RecallFigure>> measure) {
    this.share = share;
    this.measure = measure;
    if (share > 0) {
      var unused =
          looks.scheduleWithFixedDelay(this::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }
  }

  /** A search that was answered. */
  void offer(SearchCommand command) {
    if (share <= 0 || command.exact() || command.queries().isEmpty()) {
      return;
    }
    Slot slot = slots.get(command.collection().id());
    if (slot == null) {
      slot = slots.computeIfAbsent(command.collection().id(), id -> new Slot());
    }
    if (slot.wantsOne) {
      slot.wantsOne = false;
      slot.taken = command.with(List.of(command.queries().getFirst()), RecallWindow.K);
    }
  }

  /** Of the last searches that were compared; empty if none was. */
  List<RecallFigure> figures(long collectionId) {
    Slot slot = slots.get(collectionId);
    return slot == null ? List.of() : slot.window.figures();
  }

  void forget(long collectionId) {
    slots.remove(collectionId);
  }

  private void look() {
    for (Slot slot : slots.values()) {
      if (!slot.wantsOne && slot.taken == null && System.nanoTime() - slot.nextNanos >= 0) {
        slot.wantsOne = true;
      }
      SearchCommand command = slot.taken;
      if (command != null) {
        compare(slot, command);
      }
    }
  }

  private void compare(Slot slot, SearchCommand command) {
    long start = System.nanoTime();
    try {
      slot.window.add(measure.apply(command));
    } catch (TidemarkException e) {
      // Released or dropped meanwhile.
      LOG.debug("no recall measured collection={}", command.collection().name(), e);
    } catch (RuntimeException | Error e) {
      // An exception would end the looks for good.
      LOG.warn("could not measure recall collection={}", command.collection().name(), e);
    } finally {
      long took = System.nanoTime() - start;
      slot.nextNanos = System.nanoTime() + (long) (took / share);
      slot.taken = null;
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
