package io.tidemark.serving.read;

import io.tidemark.engine.segment.AliveSegment;
import io.tidemark.engine.segment.SegmentShare;
import io.tidemark.serving.read.view.LiveSegment;

/**
 * A segment that is searched.
 *
 * @param place among the segments of the view
 * @param rows those that count; the others are as dead
 * @param share what it is asked for at first
 */
record SearchTarget(int place, LiveSegment live, AliveSegment rows, SegmentShare share) {}
