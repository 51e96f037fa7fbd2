package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.SearchParameters;
import io.tidemark.engine.vector.BinaryQuery;
import io.tidemark.engine.vector.BinaryVectors;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.SparseQuery;
import io.tidemark.engine.vector.TopK;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.Metric;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One search of an inverted file: the lists whose centroids are nearest, one after another. It
 * reads on while it has met too few rows that pass ({@link IvfDepth}), in a range as long as lists
 * have rows in it, and behind an inner bound the farther, the more rows lie within it. What is
 * found by codes is scored again by the vectors, so that scores are true.
 */
final class IvfSearch {
  private final InvertedLists lists;
  private final ListContent content;
  private final Vectors vectors;
  private final QueryVector query;
  private final IvfScratch scratch;
  private final @Nullable BitSet accept;
  private final TopK out;
  private long scored;
  private long listed;
  private int met;
  private int tooNear;
  private int inRange;

  IvfSearch(
      IvfBlob.Read index,
      Vectors vectors,
      QueryVector query,
      IvfScratch scratch,
      @Nullable BitSet accept,
      TopK out) {
    this.lists = index.lists();
    this.content = index.content();
    this.vectors = vectors;
    this.query = query;
    this.scratch = scratch;
    this.accept = accept;
    this.out = out;
  }

  /** Returns how many rows and codes were scored. */
  long run(int k, SearchParameters parameters, IvfEffort effort, IvfDepth nearest) {
    Metric metric = out.metric();
    arrange(metric);
    // Codes cannot tell on which side of an inner bound a row lies.
    boolean byCodes = effort.candidates() > 0 && !out.hasInnerBound();
    TopK found = byCodes ? new TopK(effort.candidates(), metric) : out;
    ListScorer scorer =
        (byCodes ? content : new ListContent.Plain())
            .scorer(vectors, metric, query, effort.queryBits());
    float bound = metric.largerIsNearer() ? parameters.radius() : -parameters.radius();
    IvfDepth depth = nearest;
    int emptyLists = 0;
    for (int read = 0; scratch.hasList(); read++) {
      if (read == depth.lists() && accept != null && depth.isFar(met, listed)) {
        depth = depth.far();
        found = byCodes ? larger(found) : found;
      }
      boolean goesOn =
          isWithinBound()
              || (parameters.hasRange()
                  ? inRange < k && emptyLists < effort.emptyListsMax()
                  : met < depth.rows());
      if (read >= depth.lists() && !goesOn) {
        break;
      }
      int before = inRange;
      scan(scratch.takeNearest(), scorer, bound, found);
      emptyLists = inRange > before ? 0 : emptyLists + 1;
    }
    if (found != out) {
      refine(found.drain());
    }
    return scored;
  }

  /**
   * Whether the lists read were mostly those within an inner bound. Just outside of it rows lie in
   * lists all around, which are about equally far; those met first are not the nearest.
   */
  private boolean isWithinBound() {
    return met < (long) IvfDepth.FAR_FACTOR * tooNear;
  }

  /** With room for more candidates, since codes tell far rows apart less well. */
  private static TopK larger(TopK found) {
    long wanted = (long) found.k() * IvfDepth.FAR_FACTOR;
    TopK more = new TopK((int) Math.min(Integer.MAX_VALUE - 8, wanted), found.metric());
    TopK.Hits hits = found.drain();
    for (int i = 0; i < hits.size(); i++) {
      more.add(hits.ordinal(i), hits.score(i));
    }
    return more;
  }

  /** Puts the lists in order, by the geometry that rows were listed in. */
  private void arrange(Metric metric) {
    float[] point = point(metric);
    Centroids centroids = lists.centroids();
    float ones = metric == Metric.JACCARD ? Centroids.sum(point, 0, point.length) : 0;
    for (int list = 0; list < lists.count(); list++) {
      float nearness =
          switch (metric) {
            case IP -> centroids.dot(point, 0, list);
            case L2, COSINE, HAMMING -> centroids.nearness(point, 0, list);
            case JACCARD -> centroids.overlap(point, ones, list);
            case MHJACCARD -> throw metric.unknownTo("points");
          };
      scratch.put(list, nearness);
    }
    scratch.arrange();
  }

  private float[] point(Metric metric) {
    return switch (query) {
      case BinaryQuery bits -> BinaryVectors.spread(bits);
      case SparseQuery sparse -> throw new IllegalArgumentException("a sparse query of centroids");
      case DenseQuery dense -> {
        if (metric != Metric.COSINE) {
          yield dense.values();
        }
        float[] direction = new float[dense.dimension()];
        ListPoints.copy(dense.values(), 0, direction, 0, direction.length, metric);
        yield direction;
      }
    };
  }

  private void scan(int list, ListScorer scorer, float bound, TopK found) {
    listed += lists.offsets()[list + 1] - lists.offsets()[list];
    if (accept == null) {
      scanAll(list, scorer, bound, found);
    } else {
      scanAccepted(list, accept, scorer, bound, found);
    }
  }

  private void scanAll(int list, ListScorer scorer, float bound, TopK found) {
    int end = lists.offsets()[list + 1];
    int from = lists.offsets()[list];
    if (from < end) {
      scorer.enter(list);
    }
    for (; from < end; from += IvfScratch.BATCH) {
      int count = Math.min(IvfScratch.BATCH, end - from);
      System.arraycopy(lists.rows(), from, scratch.rows, 0, count);
      scorer.nearness(from, scratch.rows, count, scratch.scores);
      collect(count, bound, found);
    }
  }

  private void scanAccepted(int list, BitSet accepted, ListScorer scorer, float bound, TopK found) {
    int[] rows = lists.rows();
    int end = lists.offsets()[list + 1];
    int count = 0;
    boolean entered = false;
    for (int place = lists.offsets()[list]; place < end; place++) {
      if (accepted.get(rows[place])) {
        scratch.places[count] = place;
        scratch.rows[count++] = rows[place];
      }
      if (count == IvfScratch.BATCH || (count > 0 && place == end - 1)) {
        if (!entered) {
          scorer.enter(list);
          entered = true;
        }
        scorer.nearness(scratch.places, scratch.rows, count, scratch.scores);
        collect(count, bound, found);
        count = 0;
      }
    }
  }

  /** Takes the batch of rows that was scored. */
  private void collect(int count, float bound, TopK found) {
    scored += count;
    float worst = found.worstNearness();
    for (int i = 0; i < count; i++) {
      float nearness = scratch.scores[i];
      if (out.isTooNear(nearness)) {
        tooNear++;
        continue;
      }
      met++;
      if (nearness > bound) {
        inRange++;
      }
      if (nearness >= worst) {
        found.addNearness(scratch.rows[i], nearness);
        worst = found.worstNearness();
      }
    }
  }

  /** Scores the candidates by their vectors. */
  private void refine(TopK.Hits candidates) {
    int[] rows = candidates.ordinals();
    float[] scores = candidates.scores();
    scored += rows.length;
    vectors.scorer(out.metric(), query).nearness(rows, rows.length, scores);
    for (int i = 0; i < rows.length; i++) {
      out.addNearness(rows[i], scores[i]);
    }
  }
}
