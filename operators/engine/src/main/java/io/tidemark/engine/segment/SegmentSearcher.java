package io.tidemark.engine.segment;

import io.tidemark.engine.index.VectorIndex;
import io.tidemark.engine.vector.ExactSearch;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Searches one segment the cheapest way that keeps its recall: over exactly the passing rows when
 * they are few, else through the index. What an index leaves short is completed exactly, unless it
 * leaves far rows out by design. Stateless.
 */
public final class SegmentSearcher {
  private SegmentSearcher() {}

  /**
   * Offers the best alive and passing rows that have a vector to {@code out}, which gets the
   * query's range: {@code k} of them, or at least as many as are to be expected of the segment's
   * share of the rows ({@link SegmentShare}).
   *
   * @param out empty, of the query's metric and k
   * @return how that was done
   * @throws IllegalArgumentException if the segment has no vectors of the field, or of another
   *     dimension
   */
  public static SegmentWork search(AliveSegment alive, SegmentQuery query, TopK out) {
    Segment segment = alive.segment();
    if (out.metric() != query.metric() || out.size() != 0) {
      throw new IllegalArgumentException(
          "segment %s: collector for %s with %d hits, expected an empty one for %s"
              .formatted(segment.id(), out.metric(), out.size(), query.metric()));
    }
    Vectors vectors =
        segment
            .vectors(query.fieldId())
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "segment %s has no vectors of field %d, only of %s"
                        .formatted(segment.id(), query.fieldId(), segment.vectors().keySet())));
    out.restrict(query.parameters().radius(), query.parameters().rangeFilter());
    BitSet living = accepted(alive, query.filter());
    BitSet accept = vectors.among(living);
    boolean allLiving = query.filter() == null && vectors.present() == null;
    int acceptedCount = allLiving || accept == null ? alive.aliveCount() : accept.cardinality();
    if (acceptedCount == 0) {
      return SegmentWork.NONE;
    }
    int hits = new SegmentShare(query.k(), query.parameters().share()).hits();
    VectorIndex index = segment.index(query.fieldId()).orElse(null);
    SearchPlan plan =
        query.exact()
            ? SearchPlan.EXACT
            : SearchPlan.choose(index, hits, query.parameters(), acceptedCount, accept != null);
    if (index == null || plan == SearchPlan.EXACT) {
      ExactSearch.search(vectors, query.query(), accept, out);
      return new SegmentWork(SearchPlan.EXACT, acceptedCount, acceptedCount);
    }
    VectorIndex.Work work = index.search(query.query(), hits, query.parameters(), accept, out);
    boolean isShort =
        out.size() < Math.min(hits, acceptedCount)
            && !query.parameters().hasRange()
            && !index.leavesFarRowsOut();
    if (!isShort && !work.gaveUp()) {
      return new SegmentWork(plan, acceptedCount, work.scored());
    }
    out.drain();
    ExactSearch.search(vectors, query.query(), accept, out);
    return new SegmentWork(SearchPlan.COMPLETED, acceptedCount, work.scored() + acceptedCount);
  }

  private static @Nullable BitSet accepted(AliveSegment alive, @Nullable BitSet filter) {
    BitSet living = alive.alive();
    if (filter == null) {
      return living;
    }
    BitSet both = (BitSet) filter.clone();
    if (living != null) {
      both.and(living);
    } else {
      both.clear(alive.segment().size(), Math.max(alive.segment().size(), both.length()));
    }
    return both;
  }
}
