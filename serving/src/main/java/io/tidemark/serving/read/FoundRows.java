package io.tidemark.serving.read;

import io.tidemark.engine.segment.HitReducer.Hit;
import io.tidemark.model.collection.CollectionInfo;
import io.tidemark.serving.read.view.LiveSegment;
import io.tidemark.serving.read.view.ReadView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The hits of all queries of a search, to be filled in with the output fields. Not thread-safe. */
final class FoundRows {
  private final List<LiveSegment> segments;
  private final List<Integer> counts = new ArrayList<>();
  private final List<Hit> hits = new ArrayList<>();

  /**
   * @param view whose segments the hits' sources are; a search that leaves out the growing ones
   *     counts the others alike, since they come first
   */
  FoundRows(ReadView view) {
    this.segments = view.segments(false);
  }

  /** What the next query found. */
  void add(List<Hit> found) {
    counts.add(found.size());
    hits.addAll(found);
  }

  /**
   * @param explanation null unless it was asked for
   */
  SearchAnswer answer(
      CollectionInfo collection,
      List<Integer> outputFields,
      long readTimestamp,
      @Nullable SearchExplanation explanation) {
    float[] scores = new float[hits.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = hits.get(i).score();
    }
    Outputs outputs =
        new Outputs(
            segments,
            hits.stream().mapToInt(Hit::source).toArray(),
            hits.stream().mapToInt(Hit::row).toArray());
    return new SearchAnswer(
        counts.stream().mapToInt(Integer::intValue).toArray(),
        scores,
        outputs.of(collection.schema().primaryKey()),
        outputs.of(collection.schema(), outputFields),
        readTimestamp,
        explanation);
  }
}
