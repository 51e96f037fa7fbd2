package io.tidemark.jobs.coordinate.observe;

import io.tidemark.jobs.coordinate.function.CollectionFacts;
import io.tidemark.jobs.coordinate.function.Functions;
import io.tidemark.jobs.coordinate.function.Message;
import io.tidemark.jobs.coordinate.function.SegmentFacts;
import io.tidemark.jobs.coordinate.host.Envelope;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.model.control.ControlKeys;
import io.tidemark.model.control.ControlStore;
import io.tidemark.model.control.GlobalPositions;
import io.tidemark.model.index.IndexDefinition;
import io.tidemark.model.lake.SegmentIndex;
import io.tidemark.stores.lake.LakeTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One collection, as far as it was told. Files are planned only when the table, the registry or
 * what somebody asked for has changed, or a segment has become old enough.
 */
final class CollectionLook {
  private final LakeTable table;
  private final ControlStore control;
  private final SegmentFinder finder;
  private final Map<String, SegmentFacts> segments = new HashMap<>();
  private List<SegmentIndex> registered = List.of();
  private long asked;
  private boolean askedCommitted;
  private long nextMs = Long.MIN_VALUE;
  private @Nullable CollectionFacts told;

  CollectionLook(LakeTable table, ControlStore control, SegmentFinder finder) {
    this.table = table;
    this.control = control;
    this.finder = finder;
  }

  CollectionInfo info() {
    return table.info();
  }

  /**
   * @param nowRegistered everything the registry has of the collection
   * @throws io.tidemark.model.error.TidemarkException COLLECTION_NOT_FOUND if it was dropped
   */
  void look(List<SegmentIndex> nowRegistered, long nowMs, Consumer<byte[]> changes) {
    // Positions in the control store are read before the table, which is at least that far then.
    boolean wait = !askedCommitted || asked(table.info()) != asked;
    boolean committed = wait && committed(table.info(), asked(table.info()));
    boolean changed = table.refresh() || told == null;
    CollectionInfo info = table.info();
    long nowAsked = asked(info);
    boolean nowCommitted = nowAsked == asked && askedCommitted;
    if (wait) {
      nowCommitted = committed || inTable(info, nowAsked);
    }
    if (!changed
        && nowMs < nextMs
        && same(nowRegistered, registered)
        && nowAsked == asked
        && nowCommitted == askedCommitted) {
      return;
    }
    registered = nowRegistered;
    asked = nowAsked;
    askedCommitted = nowCommitted;
    SegmentFinder.Found found = finder.find(info, table.snapshot().files(), registered, nowMs);
    nextMs = found.nextMs();
    tellSegments(info.id(), found.segments(), changes);
    CollectionFacts facts = found.facts(info, nowMs, asked, askedCommitted);
    if (told == null || !facts.equals(told.at(nowMs))) {
      told = facts;
      changes.accept(
          Envelope.of(
              Functions.COLLECTION,
              Long.toString(info.id()),
              Message.TYPE,
              new Message.CollectionSeen(facts)));
    }
  }

  /** Everything that was told of it is no longer true. */
  void gone(Consumer<byte[]> changes) {
    long id = table.info().id();
    tellSegments(id, Map.of(), changes);
    changes.accept(
        Envelope.of(
            Functions.COLLECTION, Long.toString(id), Message.TYPE, new Message.CollectionGone(id)));
  }

  private void tellSegments(
      long collectionId, Map<String, SegmentFacts> seen, Consumer<byte[]> changes) {
    seen.forEach((key, facts) -> {
      if (!facts.equals(segments.put(key, facts))) {
        changes.accept(envelope(facts));
      }
    });
    segments
        .keySet()
        .removeIf(key -> {
          if (seen.containsKey(key)) {
            return false;
          }
          changes.accept(envelope(SegmentFacts.gone(collectionId, key)));
          return true;
        });
  }

  static byte[] envelope(SegmentFacts facts) {
    return Envelope.of(
        Functions.SEGMENT, facts.address(), Message.TYPE, new Message.SegmentSeen(facts));
  }

  boolean knows(String segmentKey) {
    return segments.containsKey(segmentKey);
  }

  /**
   * Up to when somebody waits for what is committed to be indexed, however little it is: a flush
   * asks for it, and so does a new index.
   */
  private long asked(CollectionInfo info) {
    long flush = control.get(ControlKeys.FLUSH + info.id()).map(Long::parseLong).orElse(0L);
    return info.indexes().stream().mapToLong(IndexDefinition::id).reduce(flush, Math::max);
  }

  private boolean committed(CollectionInfo info, long timestamp) {
    return IntStream.range(0, info.shards())
        .allMatch(shard ->
            table.position(shard) >= timestamp
                || GlobalPositions.of(control, info, shard) >= timestamp);
  }

  private boolean inTable(CollectionInfo info, long timestamp) {
    return IntStream.range(0, info.shards()).allMatch(shard -> table.position(shard) >= timestamp);
  }

  /** The registry gives the same objects until it has changed. */
  @SuppressWarnings("ReferenceEquality") // as many comparisons a second as there are segments
  private static boolean same(List<SegmentIndex> some, List<SegmentIndex> others) {
    return some.size() == others.size()
        && IntStream.range(0, some.size()).allMatch(i -> some.get(i) == others.get(i));
  }
}
