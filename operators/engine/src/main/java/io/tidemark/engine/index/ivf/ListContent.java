package io.tidemark.engine.index.ivf;

import io.tidemark.engine.index.quantise.VectorCodes;
import io.tidemark.engine.vector.DenseQuery;
import io.tidemark.engine.vector.QueryVector;
import io.tidemark.engine.vector.RowScorer;
import io.tidemark.engine.vector.Vectors;
import io.tidemark.model.index.Metric;

/** What lists keep of their rows beside the ordinals, in the order of their places. */
sealed interface ListContent {
  /**
   * @param vectors of the segment
   * @param queryBits of a query's coordinate, where codes ask for it
   */
  ListScorer scorer(Vectors vectors, Metric metric, QueryVector query, int queryBits);

  long bytes();

  /**
   * Nothing: the segment's own vectors are scored, where they lie. A copy of them in the order of
   * the lists was measured to be no faster, and would take their memory twice.
   */
  record Plain() implements ListContent {
    @Override
    public ListScorer scorer(Vectors vectors, Metric metric, QueryVector query, int queryBits) {
      RowScorer scorer = vectors.scorer(metric, query);
      return new ListScorer() {
        @Override
        public void enter(int list) {
          // Rows are scored without their list.
        }

        @Override
        public void nearness(int[] places, int[] rows, int count, float[] out) {
          scorer.nearness(rows, count, out);
        }

        @Override
        public void nearness(int from, int[] rows, int count, float[] out) {
          scorer.nearness(rows, count, out);
        }
      };
    }

    @Override
    public long bytes() {
      return 0;
    }
  }

  /** Codes that are scored without their list. */
  record Coded(VectorCodes codes) implements ListContent {
    @Override
    public ListScorer scorer(Vectors vectors, Metric metric, QueryVector query, int queryBits) {
      RowScorer scorer = codes.scorer(metric, DenseQuery.of(query).values());
      return new ListScorer() {
        @Override
        public void enter(int list) {
          // Codes are scored without their list.
        }

        @Override
        public void nearness(int[] places, int[] rows, int count, float[] out) {
          scorer.nearness(places, count, out);
        }

        @Override
        public void nearness(int from, int[] rows, int count, float[] out) {
          scorer.nearness(from, count, out);
        }
      };
    }

    @Override
    public long bytes() {
      return codes.bytes();
    }
  }

  /** Signs of what is left of a row after its centroid is taken away. */
  record Signs(RabitqCodes codes) implements ListContent {
    @Override
    public ListScorer scorer(Vectors vectors, Metric metric, QueryVector query, int queryBits) {
      return codes.scorer(metric, DenseQuery.of(query).values(), queryBits);
    }

    @Override
    public long bytes() {
      return codes.bytes();
    }
  }
}
