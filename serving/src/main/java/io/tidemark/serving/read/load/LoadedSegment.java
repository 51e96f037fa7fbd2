package io.tidemark.serving.read.load;

import io.tidemark.serving.read.view.RowSegment;
import java.util.BitSet;

/**
 * A segment in memory.
 *
 * @param plan what was loaded; its files carry the deletes that {@code alive} knows
 * @param alive rows that neither the snapshot's deletes kill nor anything else keeps from reads;
 *     not to be written to
 * @param rejected rows that no read may show, whatever is deleted; not to be written to
 * @param indexesFailed whether an index could not be opened, so that exact search serves the field
 * @param loadedNanos {@link System#nanoTime} of opening the indexes
 */
public record LoadedSegment(
    SegmentPlan plan,
    RowSegment rows,
    BitSet alive,
    BitSet rejected,
    boolean indexesFailed,
    long loadedNanos) {}
